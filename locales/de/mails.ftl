# Mails. Ohne Auszeichnung: die steht in den Vorlagen unter templates/mail.

mail-greeting = Hallo { $name },

## Die Mail mit dem Passwort

mail-password-subject = Dein Microsoft-365-Konto – { $site }
mail-password-intro = dein Microsoft-365-Konto ist fertig. Damit meldest du dich zum ersten Mal an:
mail-username = Benutzername
mail-password = Passwort
mail-password-hint = Das Passwort besteht nur aus Buchstaben und Ziffern. Damit du nichts verwechselst, kommen O, o, 0, l, I, 1, B, S und Z nicht vor.
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

# The same where the account is no longer in the tenant.
mail-gone-subject = Dein Konto gibt es nicht mehr – { $site }
mail-gone-intro = gerade wurde, wahrscheinlich von dir, mit dieser Adresse ein Microsoft-365-Konto angefordert. Das Konto zu dieser Adresse gibt es nicht mehr, und es wurde nichts angelegt.
mail-gone-ask = Wenn du noch ein Konto brauchst, schreib an { $support }.
## The mail to someone whose data were erased

mail-notice-subject = Es wurde kein neues Konto angelegt – { $site }
mail-notice-intro = gerade wurde, wahrscheinlich von dir, mit dieser Adresse ein Microsoft-365-Konto angefordert. Es gab schon eines, und die Daten dazu wurden hier auf Wunsch gelöscht. Damit niemand ein zweites Konto bekommt, wurde nichts angelegt, und auch diese Anfrage ist gelöscht.
mail-notice-ask = Wenn du wieder ein Konto möchtest, schreib an { $support }.

## Die Mail mit dem Bestätigungscode

mail-code-subject = { $code } ist dein Bestätigungscode – { $site }
mail-code-subject-only = Dein Bestätigungscode – { $site }
mail-code-greeting = Hallo,
mail-code-who = { $name } möchte das Konto { $username }. Ist der Benutzername schon vergeben, hängen wir eine Zahl an.
mail-code-intro = Bist du das? Dann gib diesen Code auf der geöffneten Seite ein:
mail-code = Bestätigungscode
mail-code-link = Oder öffne diesen Link und klick dort auf den Button:
mail-code-minutes =
    { $minutes ->
        [one] Code und Link gelten eine Minute.
       *[other] Code und Link gelten { $minutes } Minuten.
    }
mail-code-hours = Code und Link gelten { $hours } Stunden.
mail-code-not-you = Falls du das nicht bist, öffne den Link und lehne die Anfrage ab, oder ignorier diese E-Mail. Ohne deine Bestätigung wird nichts angelegt.

## Alle Mails

# What stands before a value in a plain mail.
mail-label = { $label }:
mail-footer = Diese E-Mail wurde automatisch von { $site } verschickt. Fragen: { $support }
mail-reference = Kennung für Rückfragen: { $reference }

## The mail with a new password

mail-renewed-subject = Dein neues Passwort – { $site }
mail-renewed-intro = auf der Seite zu deiner Anfrage wurde ein neues Passwort für dein Microsoft-365-Konto angefordert. Das alte gilt nicht mehr. Mit diesem meldest du dich an:
mail-renewed-not-you = Das warst du nicht? Dann kennt jemand anderes die Adresse dieser Seite. Melde dich gleich an, wähle ein eigenes Passwort und schreib an { $support }.

## Mails to admins

mail-alert-attention-subject =
    { $count ->
        [one] Eine Anfrage braucht Hilfe – { $site }
       *[other] { $count } Anfragen brauchen Hilfe – { $site }
    }
mail-alert-attention-intro =
    { $count ->
        [one] Eine Anfrage ruht, bis jemand die Ursache behoben hat. Ihre Kennung und der Grund:
       *[other] { $count } Anfragen ruhen, bis jemand die Ursache behoben hat. Ihre Kennungen und die Gründe:
    }
mail-alert-attention-show = Was mit einer davon geschehen ist und was zu tun ist:
mail-alert-attention-retry = Sobald die Ursache behoben ist, gehen mit diesem Befehl alle weiter:
mail-alert-more =
    { $count ->
        [one] Und eine weitere.
       *[other] Und { $count } weitere.
    }

mail-alert-seats-low-subject = Nur noch wenige Lizenzen – { $site }
mail-alert-seats-low-intro =
    { $count ->
        [one] Von diesen Lizenzen ist weniger als ein Platz frei:
       *[other] Von diesen Lizenzen sind weniger als { $count } Plätze frei:
    }
mail-alert-seats-none-subject = Keine Lizenz mehr frei – { $site }
mail-alert-seats-none-intro = Von diesen Lizenzen sind alle Plätze vergeben:
mail-alert-seats-none-queue = Anfragen werden weiterhin angenommen. Sie warten und gehen von selbst weiter, sobald Plätze frei sind.
mail-alert-seats-none-close = Anfragen, die eine dieser Lizenzen brauchen, werden nicht angenommen. Das Formular öffnet sich von selbst, sobald Plätze frei sind.
mail-alert-seats-line = { $tenant }: { $free } von { $total } Plätzen von { $product } sind frei
mail-alert-seats-unknown = { $tenant }: Der Mandant hat keine Plätze für { $product }, oder es gibt diese Lizenz dort nicht. Berichtige das Profil.
mail-alert-seats-buy = Plätze lassen sich im Microsoft 365 Admin Center kaufen, oder Konten, die keine Lizenz mehr brauchen, geben ihre ab.

mail-alert-certificate-subject = Ein Zertifikat muss erneuert werden – { $site }
mail-alert-certificate-intro = Mit diesen Zertifikaten meldet sich der Dienst bei Entra an. Wenn das letzte gültige eines Mandanten abgelaufen ist, können dort keine Konten mehr angelegt werden.
mail-alert-certificate-ends = { $tenant }: { $thumbprint } läuft ab am { $date }
mail-alert-certificate-ended = { $tenant }: { $thumbprint } ist abgelaufen am { $date }
mail-alert-certificate-renew = Dieser Befehl erzeugt ein neues Paar und nennt die weiteren Schritte:

mail-alert-refused-subject = Microsoft weist die Anwendung ab – { $site }
mail-alert-refused-intro = Diese Mandanten weisen die Anwendung ab, deshalb können dort keine Konten angelegt werden. Die Anfragen warten. Sie gehen von selbst weiter, sobald die Anwendung wieder angenommen wird.
mail-alert-refused-check = Dieser Befehl zeigt, was zu ändern ist:
