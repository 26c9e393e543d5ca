## Partout

language-name = Français
language-switch = Langue

page-skip = Aller au contenu
page-title = { $title } – { $site }
page-title-error = Erreur : { $title }
page-help = Des questions ? Écrivez à { $support }.
page-home = Aller au formulaire

## Le formulaire

form-title = Obtenez votre compte Microsoft 365
form-lead = Nous créons votre compte et envoyons le mot de passe à votre adresse universitaire, le plus souvent en moins d’une minute.
form-lead-confirm = Nous envoyons un code à votre adresse universitaire. Dès que vous l’avez saisi, nous créons votre compte et vous envoyons le mot de passe.
form-required = Tous les champs sont obligatoires.

form-section-name = Votre nom
form-section-consent = Votre accord

form-email = Adresse e‑mail universitaire
form-email-hint = L’adresse que votre université vous a donnée.
form-email-hint-example = Par exemple { $example }
form-first-name = Prénom
form-last-name = Nom de famille
form-name-hint = Écrivez-le tel que les autres doivent le voir dans Microsoft 365, dans l’alphabet de votre choix.
form-one-name-twice = Si vous n’avez qu’un seul nom, écrivez-le dans les deux champs.
form-one-name-once = Si vous n’avez qu’un seul nom, laissez l’autre champ vide.
form-consent-microsoft = Mon nom et mon nouveau nom d’utilisateur peuvent être transmis à Microsoft pour créer le compte.
form-consent-terms = J’accepte les conditions d’utilisation : le compte sert à mes études, il est strictement personnel et je garde son mot de passe secret.

form-submit = Créer mon compte
form-sending = Envoi en cours…

form-about = Bon à savoir
form-about-get = Ce que vous obtenez
form-about-get-text = Un compte Microsoft 365 avec les licences et les groupes que votre université a choisis pour ses étudiantes et étudiants.
form-about-sent = Ce qui est transmis à Microsoft
form-about-sent-text = Votre nom, le nom d’utilisateur formé à partir de celui-ci et les données que votre université définit pour les comptes étudiants. Rien n’est transmis à personne d’autre.
form-about-kept = Ce qui est conservé ici, et pour combien de temps
form-kept-password = Votre nom et le mot de passe sont supprimés dès que le mot de passe a été envoyé.
form-kept-address = Votre adresse et votre nom d’utilisateur sont supprimés { $after }, à compter de la dernière modification de votre demande.
form-kept-address-for-good = Votre adresse et votre nom d’utilisateur sont conservés jusqu’à ce que vous les fassiez supprimer, pour que personne ne puisse obtenir un second compte avec cette adresse.
form-kept-code = Si vous faites supprimer vos données, il en reste un code, à partir duquel personne ne peut lire l’adresse. Il est supprimé { $after }.
form-kept-code-for-good = Si vous faites supprimer vos données, il en reste durablement un code, à partir duquel personne ne peut lire l’adresse.
form-kept-unconfirmed = Une demande qui n’est jamais confirmée est supprimée { $after }.
form-kept-unconfirmed-for-good = Une demande qui n’est jamais confirmée est conservée jusqu’à ce que vous la fassiez supprimer.
form-kept-further = Une autre demande pour une adresse qui a déjà un compte est supprimée { $after }.
form-kept-further-for-good = Une autre demande pour une adresse qui a déjà un compte est conservée jusqu’à ce que vous la fassiez supprimer.
form-kept-steps = Le relevé de ce qui a été fait pour votre demande, sans nom ni adresse, est supprimé { $after }.
form-kept-steps-for-good = Le relevé de ce qui a été fait pour votre demande, sans nom ni adresse, est conservé durablement.
form-kept-years =
    { $years ->
        [one] après un an
       *[other] après { $years } ans
    }
form-kept-days =
    { $days ->
        [one] après un jour
       *[other] après { $days } jours
    }
form-kept-hours =
    { $hours ->
        [one] après une heure
       *[other] après { $hours } heures
    }
form-about-ask = À qui s’adresser
form-about-ask-text = Pour toute question, ou pour faire supprimer vos données, écrivez à { $support }.

## Pendant que le formulaire est rempli

form-preview-blank = Votre nom d’utilisateur est formé à partir de votre nom.
form-preview = Votre nom d’utilisateur sera probablement { $username }, éventuellement suivi d’un numéro.
form-username-choice = Quel nom d’utilisateur souhaitez-vous ?
form-username-choice-hint = Si le nom d’utilisateur est déjà pris, un numéro y est ajouté.
form-trap = Laissez ce champ vide
form-noscript = JavaScript est désactivé dans votre navigateur. Ce n’est pas un problème : nous vous envoyons d’abord un code, à saisir sur la page suivante.

## La page de suivi

status-title-confirm = Confirmez votre adresse
status-title-working = Votre compte est en préparation
status-title-done = Votre compte est prêt
status-title-attention = Quelqu’un doit s’en occuper
status-title-erased = Cette demande a été supprimée
status-title-voided = Cette demande est close
status-title-gone = Ce compte n’existe plus
status-title-undelivered = L’e‑mail nous est revenu

status-lead-confirm = Nous avons envoyé un code à { $email }.
status-lead-withheld = Cette adresse a reçu plusieurs e‑mails récemment ; nous n’en avons donc pas encore envoyé d’autre. Ouvrez le lien de l’un d’eux, peut-être dans les courriers indésirables : il montre toutes les demandes en cours pour cette adresse, y compris celle-ci.
status-demo-inbox = Ceci est une démonstration : ouvrez sa boîte de réception avec les e‑mails
status-lead-working = Cela prend en général moins d’une minute. Vous pouvez fermer cette page : dans tous les cas, le mot de passe sera envoyé à { $email }.
status-lead-waiting = Cela prend plus de temps que d’habitude. Vous pouvez fermer cette page : dans tous les cas, le mot de passe sera envoyé à { $email }.
status-lead-done = Le mot de passe a été envoyé à { $email }.
status-lead-attention = Notre équipe doit résoudre un problème à la main. Votre demande est bien enregistrée et vous n’avez rien à faire. Sans nouvelles d’ici deux jours ouvrés, écrivez à { $support }.
status-lead-voided = Une autre demande a été confirmée pour cette adresse, ou la personne à qui elle appartient a refusé celle-ci. Ce qui avait été saisi a été supprimé. Si vous voulez un compte, remplissez de nouveau le formulaire.
status-lead-gone = Le compte de cette demande a été supprimé de Microsoft 365. Si vous en avez encore besoin ou si cela vous surprend, écrivez à { $support }.
status-lead-undelivered = Notre dernier e‑mail à { $email } n’a pas pu être remis et nous est revenu. Si vous ne pouvez pas recevoir d’e‑mails à cette adresse, écrivez à { $support }.

status-wrong-address = Mauvaise adresse ?
status-wrong-address-running = Le compte pour cette adresse est déjà en cours de création. Vous pouvez renvoyer le formulaire avec la bonne adresse : écrivez ensuite à { $support } pour que nous supprimions celui-ci.
status-lead-erased = Toutes les données de cette demande ont été supprimées. Si vous souhaitez de nouveau un compte, écrivez à { $support }.

status-steps = Étapes
status-step-confirm = Confirmer l’adresse
status-step-create = Créer le compte
status-step-access = Attribuer les licences et les groupes
status-step-mail = Envoyer le mot de passe
status-state-waiting = à venir
status-state-running = en cours
status-state-yours = à vous
status-state-done = terminé
status-state-stuck = bloqué

status-wait-seats = Toutes les licences sont prises en ce moment. La vôtre sera attribuée dès que l’une d’elles se libérera.
status-wait-throttled = Microsoft est très sollicité et nous demande de ralentir. Le traitement reprendra tout seul.
status-wait-tenant = Nous avons du mal à joindre Microsoft en ce moment. Nous continuons d’essayer.
status-wait-lag = Microsoft est encore en train d’enregistrer votre nouveau compte sur tous ses serveurs. Cela peut prendre quelques minutes.
status-wait-mail = Le serveur de messagerie n’accepte pas nos e‑mails en ce moment. Nous continuons d’essayer.
status-wait-earlier = Les demandes plus anciennes passent d’abord. La vôtre suivra d’elle-même.

status-username = Votre nom d’utilisateur
status-sign-in = Page de connexion
status-sign-in-submit = Se connecter
status-sign-in-hint = Avec le nom d’utilisateur et le mot de passe de l’e‑mail. Vous choisirez ensuite votre propre mot de passe.
sign-in-private = Une session Microsoft est déjà ouverte avec un autre compte, par exemple personnel ? Ouvrez alors la page dans une fenêtre privée.
sign-in-authenticator = Si Microsoft demande plus d’informations, configurez l’application Authenticator sur votre téléphone comme la page l’indique.
status-no-mail = Pas d’e‑mail reçu ?
status-no-mail-text = Un e‑mail peut mettre quelques minutes à arriver. Regardez aussi dans les courriers indésirables. Si rien ne vient, écrivez à { $support }.
status-no-mail-sender = L’expéditeur de l’e‑mail est { $sender }.
status-address-note = Vous pouvez revenir à cette page depuis n’importe quel appareil. Gardez son adresse pour vous : toute personne qui la connaît voit ce que vous voyez ici.

## La confirmation de l’adresse

code-label = Code reçu par e‑mail
code-hint = Six chiffres. Vous pouvez aussi utiliser le lien de l’e‑mail.
code-hint-minutes =
    { $minutes ->
        [one] Six chiffres, valables encore une minute. Vous pouvez aussi utiliser le lien de l’e‑mail.
       *[other] Six chiffres, valables encore { $minutes } minutes. Vous pouvez aussi utiliser le lien de l’e‑mail.
    }
code-hint-hours = Six chiffres, valables encore { $hours } heures. Vous pouvez aussi utiliser le lien de l’e‑mail.
code-submit = Confirmer
code-again = Pas d’e‑mail reçu ? Regardez dans les courriers indésirables, ou faites-le renvoyer.
code-again-submit = Renvoyer l’e‑mail
code-sent = Un nouvel e‑mail est en route. Seul le code le plus récent est valable.
code-too-often = Trop de codes ont déjà été envoyés pour cette demande ; aucun autre ne le sera. Remplissez de nouveau le formulaire plus tard.
code-too-soon = Un e‑mail vient d’être envoyé. Patientez un peu avant d’en demander un autre.
code-withheld = Cette adresse a reçu plusieurs e‑mails récemment ; aucun nouveau n’a donc été envoyé. Le dernier code et les liens des e‑mails précédents restent valables jusqu’à leur expiration.

link-title = Confirmez votre adresse
link-lead = Quelqu’un demande un compte Microsoft 365 avec votre adresse, sous ce nom. Est-ce vous ? Alors confirmez, et le compte sera créé.
link-submit = Oui, c’est moi
link-refuse-hint = Ce n’est pas vous ? Alors refusez : la demande est close et supprimée, et aucun compte n’est créé.
link-refuse = Non, refuser
link-list-title = Laquelle de ces demandes est la vôtre ?
link-list-lead = Plusieurs demandes sont arrivées pour votre adresse, peut-être d’autres personnes. Choisissez la vôtre : son compte sera créé et les autres demandes seront closes.
link-choose = Celle-ci est la mienne
link-refuse-all-hint = Aucune n’est la vôtre ? Alors refusez : toutes sont closes et supprimées, et aucun compte n’est créé.
link-refuse-all = Aucune n’est la mienne, tout refuser
link-asked = Reçue
link-refused-title = Aucune demande n’est en cours
link-refused-text = Plus aucune demande n’est en cours pour votre adresse : toutes ont été refusées, ou une autre a été confirmée. Ce qui y avait été saisi a été supprimé. Si vous voulez un compte, remplissez le formulaire.

# Since when a request has been open.
age-minutes =
    { $minutes ->
        [one] il y a une minute
       *[other] il y a { $minutes } minutes
    }
age-hours =
    { $hours ->
        [one] il y a une heure
       *[other] il y a { $hours } heures
    }
age-days =
    { $days ->
        [one] il y a un jour
       *[other] il y a { $days } jours
    }
link-gone-title = Ce lien n’est plus valable
link-gone-text = Il est peut-être trop ancien, ou sa demande a été supprimée. Si vous avez déjà confirmé votre adresse, tout va bien et le mot de passe arrivera par e‑mail. Sinon, utilisez l’e‑mail le plus récent ou remplissez de nouveau le formulaire.

## Following a signup: a further mail, the end of the page

status-title-renewing = Un nouveau mot de passe est en route
status-lead-renewing = Nous le définissons pour votre compte, puis nous l’envoyons à { $email }. Vous pouvez fermer cette page.
status-step-reset = Définir le nouveau mot de passe
status-username-soon = Votre nom d’utilisateur sera
status-username-hint = S’il est déjà pris, nous y ajoutons un numéro.
status-renewed = Vous avez demandé un nouveau mot de passe. Dès que l’e‑mail qui le contient arrive, l’ancien n’est plus valable. Si rien n’est arrivé au bout de dix minutes, écrivez à { $support }.
status-forgotten = Vous avez déjà utilisé le compte et oublié le mot de passe ? Choisissez « J’ai oublié mon mot de passe » au moment de la connexion.
status-expires = La page reste accessible jusqu’au { $date }.
status-connection-lost = La connexion est interrompue. Votre demande suit son cours, et cette page essaie de se reconnecter.

again-password-title = Recevoir un nouveau mot de passe
again-password = Toujours rien ? Nous pouvons définir un nouveau mot de passe et vous l’envoyer. L’ancien ne sera alors plus valable.
again-password-submit = Envoyer un nouveau mot de passe
again-password-none = Cette page ne permet plus d’envoyer de mot de passe.
again-undelivered = Si l’adresse est correcte, faites-y envoyer un nouvel e‑mail.
again-left =
    { $left ->
        [one] Vous pouvez le faire encore une fois.
       *[other] Vous pouvez le faire encore { $left } fois.
    }
again-left-until =
    { $left ->
        [one] Vous pouvez le faire encore une fois, jusqu’au { $date }.
       *[other] Vous pouvez le faire encore { $left } fois, jusqu’au { $date }.
    }
again-minutes =
    { $minutes ->
        [one] Vous pourrez demander le prochain e‑mail dans une minute.
       *[other] Vous pourrez demander le prochain e‑mail dans { $minutes } minutes.
    }
again-hours = Vous pourrez demander le prochain e‑mail dans { $hours } heures.

# A day, as it is written in a sentence.
page-date =
    { $day ->
        [1] 1er
       *[other] { $day }
    } { $month ->
        [1] janvier
        [2] février
        [3] mars
        [4] avril
        [5] mai
        [6] juin
        [7] juillet
        [8] août
        [9] septembre
        [10] octobre
        [11] novembre
       *[12] décembre
    } { $year }

## At the foot of every page

page-imprint = Mentions légales
page-privacy = Protection des données
page-terms = Conditions d’utilisation
page-accessibility = Accessibilité

## When no licence is free

closed-title = Aucun compte ne peut être créé pour le moment
closed-lead = Toutes les licences Microsoft 365 sont prises en ce moment : les inscriptions sont donc suspendues. Rien n’a été enregistré.
closed-again = Dès que des licences seront de nouveau disponibles, le formulaire reviendra à cette adresse : réessayez demain. S’il vous faut un compte plus tôt, écrivez à { $support }.

closed-off-title = Les inscriptions sont suspendues
closed-off-lead = Aucun nouveau compte ne peut être demandé pour le moment. Rien n’a été enregistré. Les demandes déjà faites suivent leur cours, et les liens de leurs e‑mails fonctionnent.
closed-off-again = Le formulaire reviendra à cette adresse : réessayez plus tard. S’il vous faut un compte plus tôt, écrivez à { $support }.
