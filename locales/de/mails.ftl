# Mails. Ohne Auszeichnung: die steht in den Vorlagen unter templates/mail.

mail-greeting = Hallo { $name },

## Die Mail mit dem Passwort

mail-password-subject = Dein Microsoft-365-Konto – { $site }
mail-password-intro = dein Microsoft-365-Konto ist fertig. Damit meldest du dich zum ersten Mal an:
mail-username = Benutzername
mail-password = Passwort
mail-password-hint = Damit du nichts verwechselst, kommen O, 0, l, I und 1 im Passwort nicht vor.
mail-steps-title = So meldest du dich an
mail-step-open = Öffne diese Seite:
mail-step-sign-in = Melde dich mit dem Benutzernamen und dem Passwort von oben an. Der Benutzername ist nicht deine Hochschuladresse.
mail-step-change = Wähle ein neues Passwort, sobald du danach gefragt wirst. Lösche danach diese E-Mail.
mail-licence-note = Manche Dienste brauchen noch ein paar Minuten, bis du sie nutzen kannst.
mail-not-you = Du hast dieses Konto nicht angefordert? Dann hat jemand anderes deine Adresse eingegeben. Schreib bitte an { $support }, dann entfernen wir das Konto.

## Die Mail an alle, die schon ein Konto haben

mail-reminder-subject = Du hast schon ein Konto – { $site }
mail-reminder-greeting = Hallo,
mail-reminder-intro = gerade wurde, wahrscheinlich von dir, mit dieser Adresse ein Microsoft-365-Konto angefordert. Es gibt schon eines. Deshalb wurde nichts angelegt und nichts geändert.
mail-reminder-password = Falls du das Passwort nicht mehr weißt, wähle bei der Anmeldung unter { $url } „Kennwort vergessen“ oder schreib an { $support }.
mail-reminder-not-you = Falls du das nicht warst, brauchst du nichts zu tun.

## Die Mail mit dem Bestätigungscode

mail-code-subject = { $code } ist dein Bestätigungscode – { $site }
mail-code-greeting = Hallo,
mail-code-intro = bitte bestätige, dass das deine Adresse ist. Gib diesen Code auf der geöffneten Seite ein:
mail-code = Bestätigungscode
mail-code-link = Oder öffne diesen Link und klick dort auf den Knopf:
mail-code-minutes =
    { $minutes ->
        [one] Code und Link gelten eine Minute.
       *[other] Code und Link gelten { $minutes } Minuten.
    }
mail-code-hours =
    { $hours ->
        [one] Code und Link gelten eine Stunde.
       *[other] Code und Link gelten { $hours } Stunden.
    }
mail-code-not-you = Falls du kein Microsoft-365-Konto angefordert hast, ignorier diese E-Mail. Ohne den Code wird nichts angelegt.

## Alle Mails

# What stands before a value in a plain mail.
mail-label = { $label }:
mail-footer = Diese E-Mail wurde automatisch von { $site } verschickt. Fragen: { $support }

## The mail with a new password

mail-renewed-subject = Dein neues Passwort – { $site }
mail-renewed-intro = auf der Seite zu deiner Anfrage wurde ein neues Passwort für dein Microsoft-365-Konto angefordert. Das alte gilt nicht mehr. Mit diesem meldest du dich an:
mail-renewed-not-you = Das warst du nicht? Dann kennt jemand anderes die Adresse dieser Seite. Melde dich gleich an, wähle ein eigenes Passwort und schreib an { $support }.
