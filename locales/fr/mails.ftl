# E-mails. Pas de balisage ici : il est dans les modèles de templates/mail.

mail-greeting = Bonjour { $name },

## L’e-mail avec le mot de passe

mail-password-subject = Votre compte Microsoft 365 – { $site }
mail-password-intro = Votre compte Microsoft 365 est prêt. Voici ce qu’il vous faut pour vous connecter la première fois :
mail-username = Nom d’utilisateur
mail-password = Mot de passe
mail-password-hint = Le mot de passe ne contient que des lettres et des chiffres. Pour éviter toute confusion, il ne contient ni les lettres O, o, l, I, B, S et Z, ni les chiffres 0 et 1.
mail-steps-title = Comment vous connecter
mail-step-open = Ouvrez cette page :
mail-step-sign-in = Connectez-vous avec le nom d’utilisateur et le mot de passe ci-dessus. Le nom d’utilisateur n’est pas votre adresse universitaire.
mail-step-change = Choisissez un nouveau mot de passe lorsque cela vous est demandé. Supprimez ensuite cet e-mail.
mail-licence-note = Quelques minutes de plus peuvent être nécessaires avant que tous les services soient disponibles.
mail-not-you = Vous n’avez pas demandé ce compte ? Quelqu’un a donc saisi votre adresse. Écrivez à { $support } et nous supprimerons le compte.

## L’e-mail à qui a déjà un compte

mail-reminder-subject = Vous avez déjà un compte – { $site }
mail-reminder-greeting = Bonjour,
mail-reminder-intro = Quelqu’un, vous sans doute, vient de demander un compte Microsoft 365 avec cette adresse. Il en existe déjà un ; rien n’a donc été créé ni modifié.
mail-reminder-password = Si vous avez oublié le mot de passe, choisissez « J’ai oublié mon mot de passe » en vous connectant sur { $url }, ou écrivez à { $support }.
mail-reminder-not-you = Si ce n’était pas vous, vous n’avez rien à faire.

# The same where the account is no longer in the tenant.
mail-gone-subject = Votre compte n’existe plus – { $site }
mail-gone-intro = Quelqu’un, vous sans doute, vient de demander un compte Microsoft 365 avec cette adresse. Le compte lié à cette adresse n’existe plus et rien n’a été créé.
mail-gone-ask = Si vous avez encore besoin d’un compte, écrivez à { $support }.
## The mail to someone whose data were erased

mail-notice-subject = Aucun nouveau compte n’a été créé – { $site }
mail-notice-intro = Quelqu’un, vous sans doute, vient de demander un compte Microsoft 365 avec cette adresse. Il en a déjà existé un, et ses données ont été supprimées ici sur demande. Pour que personne n’obtienne un second compte, rien n’a été créé, et cette demande a été supprimée elle aussi.
mail-notice-ask = Si vous souhaitez de nouveau un compte, écrivez à { $support }.

## L’e-mail avec le code de confirmation

mail-code-subject = { $code } est votre code de confirmation – { $site }
mail-code-subject-only = Votre code de confirmation – { $site }
mail-code-greeting = Bonjour,
mail-code-who = { $name } demande le compte { $username }. Si ce nom d’utilisateur est déjà pris, nous y ajouterons un numéro.
mail-code-intro = Est-ce vous ? Alors saisissez ce code sur la page restée ouverte :
mail-code = Code de confirmation
mail-code-link = Vous pouvez aussi ouvrir ce lien et appuyer sur le bouton qui s’y trouve :
mail-code-minutes =
    { $minutes ->
        [one] Le code et le lien sont valables une minute.
       *[other] Le code et le lien sont valables { $minutes } minutes.
    }
mail-code-hours = Le code et le lien sont valables { $hours } heures.
mail-code-not-you = Si ce n’est pas vous, ouvrez le lien et refusez la demande, ou ignorez cet e-mail. Rien n’est créé sans votre confirmation.

## Tous les e-mails

# What stands before a value in a plain mail.
mail-label = { $label } :
mail-footer = Cet e-mail a été envoyé automatiquement par { $site }. Questions : { $support }
mail-reference = Référence pour l’assistance : { $reference }

## The mail with a new password

mail-renewed-subject = Votre nouveau mot de passe – { $site }
mail-renewed-intro = Un nouveau mot de passe pour votre compte Microsoft 365 a été demandé sur la page de votre demande. L’ancien n’est plus valable. Connectez-vous avec celui-ci :
mail-renewed-not-you = Vous ne l’avez pas demandé ? Quelqu’un d’autre connaît donc l’adresse de cette page. Connectez-vous tout de suite, choisissez votre propre mot de passe et écrivez à { $support }.

## Mails to admins

mail-alert-attention-subject =
    { $count ->
        [one] Une demande requiert votre attention – { $site }
       *[other] { $count } demandes requièrent votre attention – { $site }
    }
mail-alert-attention-intro =
    { $count ->
        [one] Une demande est bloquée tant que personne n’en a corrigé la cause. Son identifiant et la raison :
       *[other] { $count } demandes sont bloquées tant que personne n’en a corrigé la cause. Leurs identifiants et les raisons :
    }
mail-alert-attention-show = Ce qui est arrivé à l’une d’elles, et ce qu’il faut faire :
mail-alert-attention-retry = Une fois la cause corrigée, cette commande les relance toutes :
mail-alert-more =
    { $count ->
        [one] Et une autre.
       *[other] Et { $count } autres.
    }

mail-alert-seats-low-subject = Il reste peu de licences – { $site }
mail-alert-seats-low-intro =
    { $count ->
        [one] Moins de { $count } place est libre pour ces licences :
       *[other] Moins de { $count } places sont libres pour ces licences :
    }
mail-alert-seats-none-subject = Il ne reste aucune licence – { $site }
mail-alert-seats-none-intro = Toutes les places de ces licences sont prises :
mail-alert-seats-none-queue = Les demandes sont toujours acceptées. Elles attendent et reprennent d’elles-mêmes dès que des places se libèrent.
mail-alert-seats-none-close = Les demandes qui exigent l’une de ces licences ne sont pas acceptées. Le formulaire rouvre de lui-même dès que des places se libèrent.
mail-alert-seats-line = { $tenant } : { $free } places libres sur { $total } pour { $product }
mail-alert-seats-unknown = { $tenant } : le locataire n’a aucune place pour { $product }, ou cette licence n’y existe pas. Corrigez le profil.
mail-alert-seats-buy = Achetez des places dans le Centre d’administration Microsoft 365, ou retirez des licences aux comptes qui n’en ont plus besoin.

mail-alert-certificate-subject = Un certificat doit être renouvelé – { $site }
mail-alert-certificate-intro = C’est avec ces certificats que le service se connecte à Entra. Quand le dernier certificat valide d’un locataire aura expiré, plus aucun compte ne pourra y être créé.
mail-alert-certificate-ends = { $tenant } : { $thumbprint } expire le { $date }
mail-alert-certificate-ended = { $tenant } : { $thumbprint } a expiré le { $date }
mail-alert-certificate-renew = Cette commande crée une nouvelle paire et indique les étapes suivantes :

mail-alert-refused-subject = Microsoft refuse l’application – { $site }
mail-alert-refused-intro = Ces locataires refusent l’application : aucun compte ne peut y être créé. Les demandes attendent. Elles reprendront d’elles-mêmes dès que l’application sera de nouveau acceptée.
mail-alert-refused-check = Cette commande montre ce qu’il faut changer :
