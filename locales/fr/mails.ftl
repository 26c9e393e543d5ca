# E-mails. Pas de balisage ici : il est dans les modèles de templates/mail.

mail-greeting = Bonjour { $name },

## L’e-mail avec le mot de passe

mail-password-subject = Votre compte Microsoft 365 – { $site }
mail-password-intro = Votre compte Microsoft 365 est prêt. Voici ce qu’il vous faut pour vous connecter la première fois :
mail-username = Nom d’utilisateur
mail-password = Mot de passe
mail-password-hint = Pour éviter toute confusion, le mot de passe ne contient ni les lettres O, l et I, ni les chiffres 0 et 1.
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

## L’e-mail avec le code de confirmation

mail-code-subject = { $code } est votre code de confirmation – { $site }
mail-code-greeting = Bonjour,
mail-code-intro = Merci de confirmer que cette adresse est la vôtre. Saisissez ce code sur la page restée ouverte :
mail-code = Code de confirmation
mail-code-link = Vous pouvez aussi ouvrir ce lien et appuyer sur le bouton qui s’y trouve :
mail-code-minutes =
    { $minutes ->
        [one] Le code et le lien sont valables une minute.
       *[other] Le code et le lien sont valables { $minutes } minutes.
    }
mail-code-hours =
    { $hours ->
        [one] Le code et le lien sont valables une heure.
       *[other] Le code et le lien sont valables { $hours } heures.
    }
mail-code-not-you = Si vous n’avez pas demandé de compte Microsoft 365, ignorez cet e-mail. Rien n’est créé sans le code.

## Tous les e-mails

# What stands before a value in a plain mail.
mail-label = { $label } :
mail-footer = Cet e-mail a été envoyé automatiquement par { $site }. Questions : { $support }

## The mail with a new password

mail-renewed-subject = Votre nouveau mot de passe – { $site }
mail-renewed-intro = Un nouveau mot de passe pour votre compte Microsoft 365 a été demandé sur la page de votre demande. L’ancien n’est plus valable. Connectez-vous avec celui-ci :
mail-renewed-not-you = Vous ne l’avez pas demandé ? Quelqu’un d’autre connaît donc l’adresse de cette page. Connectez-vous tout de suite, choisissez votre propre mot de passe et écrivez à { $support }.
