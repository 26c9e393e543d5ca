## Au-dessus d’un formulaire qui revient

error-summary =
    { $count ->
        [one] Il y a un problème
       *[other] Il y a { $count } problèmes
    }
error-prefix = Erreur :
error-form-expired = Le formulaire est resté ouvert longtemps et a dû être renouvelé. Votre saisie est toujours là : relisez-la, puis envoyez-la de nouveau.
error-form-foreign = Nous n’avons pas pu vérifier que ce formulaire vient de votre navigateur. Autorisez les cookies pour ce site, puis envoyez de nouveau le formulaire. Votre saisie est toujours là.
error-not-recorded = Nous n’avons pas pu enregistrer votre demande à l’instant. Votre saisie est toujours là : envoyez-la de nouveau dans un moment.
error-closed-kept = Les inscriptions ont été suspendues entre-temps : votre demande n’a donc pas été enregistrée. Ce que vous avez saisi est toujours là : renvoyez-le plus tard.

## Au-dessus d’un formulaire peut-être envoyé par un programme

error-too-fast = C’était très rapide, comme si un programme avait rempli le formulaire. Votre saisie est toujours là : envoyez-la encore une fois.
error-hidden-field = Un champ que personne ne voit a été rempli, peut-être par votre navigateur. Il est de nouveau vide. Le reste de votre saisie est toujours là : envoyez-la encore une fois.

## À côté des champs

error-email-empty = Indiquez votre adresse e‑mail universitaire.
error-email-too-long = Indiquez une adresse de { $max } caractères au maximum.
error-email-malformed = Indiquez une adresse du type nom@example.edu.
error-email-unsafe = Utilisez une adresse qui ne contient avant l’@ que des lettres, des chiffres et . _ - + ' et qui ne commence pas par un trait d’union.
error-email-not-admitted = Cette adresse ne peut pas être utilisée ici. Indiquez celle que votre université vous a donnée ; si c’est bien celle-ci, écrivez à { $support }.
error-email-registered = Il existe déjà un compte pour cette adresse. Si vous ne parvenez plus à vous connecter, écrivez à { $support }.
error-first-name-empty = Indiquez votre prénom.
error-first-name-too-long = Indiquez un prénom de { $max } caractères au maximum.
error-first-name-forbidden = Le prénom contient un caractère qui ne peut pas figurer dans un nom. Supprimez-le.
error-first-name-no-letter = Le prénom doit contenir au moins une lettre.
error-last-name-empty = Indiquez votre nom de famille.
error-last-name-too-long = Indiquez un nom de famille de { $max } caractères au maximum.
error-last-name-forbidden = Le nom de famille contient un caractère qui ne peut pas figurer dans un nom. Supprimez-le.
error-last-name-no-letter = Le nom de famille doit contenir au moins une lettre.
error-name-one = { $field } : remplissez aussi ce champ. Si vous n’avez qu’un seul nom, écrivez-le dans les deux champs.
error-name-sign = { $field } : supprimez les signes tels que = + @ : / \ | < > # et le tiret initial. Aucun nom n’en contient.
error-name-digit = { $field } : supprimez les chiffres. Écrivez un nombre en chiffres romains, par exemple III, ou sous la forme 2e.
error-name-web-address = { $field } : cela ressemble à une adresse web. Écrivez seulement votre nom, avec une espace après chaque point.
error-name-word = { $field } : un des mots n’est pas admis dans les noms ici, car il évoque un service ou une entreprise. Écrivez seulement votre propre nom, ou écrivez à { $support } s’il s’agit bien de lui.
error-name-no-username = Ce nom ne permet pas de former un nom d’utilisateur. Saisissez-le en caractères latins, ou écrivez à { $support }.
error-name-reserved = Le nom d’utilisateur formé à partir de ce nom est réservé. Écrivez à { $support }.
error-username-choose = Choisissez l’un des noms d’utilisateur.
error-consent-microsoft = Cochez cette case : sans votre accord, nous ne pouvons pas créer le compte chez Microsoft.
error-consent-terms = Cochez cette case : sans cela, nous ne pouvons pas créer le compte.

error-code-malformed = Saisissez les six chiffres reçus par e‑mail.
error-code-wrong =
    { $left ->
        [one] Ce n’est pas le bon code. Il vous reste un essai.
       *[other] Ce n’est pas le bon code. Il vous reste { $left } essais.
    }
error-code-too-many = Trop de codes erronés ont été saisis. Faites-vous envoyer un nouveau code ci-dessous.
error-code-expired = Ce code est trop ancien. Faites-vous envoyer un nouveau code ci-dessous.

## Des pages à part entière

error-reference = Référence :
error-reference-hint = Si vous écrivez à { $support }, mentionnez cette référence : elle nous montre ce qui s’est passé.

error-not-found-title = Cette page n’existe pas
error-not-found-text = L’adresse est peut-être incomplète ou mal saisie. Si vous cherchiez votre demande, utilisez l’adresse entière ou remplissez de nouveau le formulaire : aucun second compte ne sera créé.
error-method-title = Cette page ne s’utilise pas de cette façon
error-method-text = Ouvrez le formulaire et envoyez-le depuis sa page.
error-bad-request-title = Nous n’avons pas pu lire cet envoi
error-bad-request-text = Quelque chose y était incomplet ou endommagé. Ouvrez le formulaire et envoyez-le de nouveau.
error-too-large-title = Envoi trop volumineux
error-too-large-text = Cet envoi est bien plus volumineux que ne peut l’être ce formulaire. Ouvrez le formulaire et envoyez-le de nouveau.
error-media-type-title = Nous n’avons pas pu lire cet envoi
error-media-type-text = Seul le formulaire de cette page peut être envoyé ici. Ouvrez-le et envoyez-le de nouveau.
error-cross-site-title = Cet envoi venait d’une autre page
error-cross-site-text = Pour votre sécurité, nous n’acceptons le formulaire que s’il est envoyé depuis ce site. Ouvrez-le ici et envoyez-le de nouveau.
error-unavailable-title = Il nous faut un instant
error-unavailable-text = Nos données sont inaccessibles pour le moment. Rien de ce que vous avez déjà envoyé n’est perdu : réessayez dans une minute.
error-internal-title = Une erreur s’est produite
error-internal-text = L’erreur vient de chez nous et a été consignée. Réessayez dans un moment.

## Limites

error-too-many-title = Trop de tentatives
error-too-many-text =
    { $minutes ->
        [one] Il y a eu trop de tentatives en peu de temps, peut-être de la part d’autres personnes qui partagent votre connexion. Réessayez dans une minute.
       *[other] Il y a eu trop de tentatives en peu de temps, peut-être de la part d’autres personnes qui partagent votre connexion. Réessayez dans { $minutes } minutes.
    }
error-too-many-kept =
    { $minutes ->
        [one] Trop de demandes sont arrivées en peu de temps, peut-être de la part d’autres personnes qui partagent votre connexion. Votre saisie est toujours là : envoyez-la de nouveau dans une minute.
       *[other] Trop de demandes sont arrivées en peu de temps, peut-être de la part d’autres personnes qui partagent votre connexion. Votre saisie est toujours là : envoyez-la de nouveau dans { $minutes } minutes.
    }
