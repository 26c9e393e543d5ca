## Everywhere

language-name = Deutsch
language-switch = Sprache

page-skip = Zum Inhalt springen
page-title = { $title } – { $site }
page-title-error = Fehler: { $title }
page-help = Fragen? Schreib an { $support }.
page-home = Zum Formular

## The form

form-title = Hol dir dein Microsoft‑365-Konto
form-lead = Wir legen dein Konto an und schicken das Passwort an deine Hochschuladresse, meist innerhalb einer Minute.
form-lead-confirm = Wir schicken einen Code an deine Hochschuladresse. Wenn du ihn eingegeben hast, legen wir dein Konto an und schicken dir das Passwort.
form-required = Bitte füll alle Felder aus.

form-section-name = Dein Name
form-section-consent = Deine Einwilligung

form-email = E‑Mail-Adresse der Hochschule
form-email-hint = Die Adresse, die du von deiner Hochschule hast.
form-email-hint-example = Zum Beispiel { $example }
form-first-name = Vorname
form-last-name = Nachname
form-name-hint = Schreib ihn so, wie andere ihn in Microsoft 365 sehen sollen. Jede Schrift ist möglich.
form-one-name-twice = Wenn du nur einen Namen hast, schreib ihn in beide Felder.
form-one-name-once = Wenn du nur einen Namen hast, lass das andere Feld leer.
form-consent-microsoft = Mein Name und mein neuer Benutzername dürfen an Microsoft übermittelt werden, um das Konto anzulegen.
form-consent-terms = Ich stimme den Nutzungsbedingungen zu: Das Konto ist für mein Studium und nur für mich, und sein Passwort behalte ich für mich.

form-submit = Mein Konto anlegen
form-sending = Wird gesendet …

form-about = Gut zu wissen
form-about-get = Was du bekommst
form-about-get-text = Ein Microsoft‑365-Konto mit den Lizenzen und Gruppen, die deine Hochschule für Studierende vorgesehen hat.
form-about-sent = Was an Microsoft geht
form-about-sent-text = Dein Name, der daraus gebildete Benutzername und die Angaben, die deine Hochschule für Konten von Studierenden festlegt. An andere geht nichts.
form-about-kept = Was hier gespeichert bleibt, und wie lange
form-kept-password = Dein Name und das Passwort werden gelöscht, sobald das Passwort verschickt ist.
form-kept-address = Deine Adresse und dein Benutzername werden { $after } gelöscht, gerechnet ab der letzten Änderung deiner Anfrage.
form-kept-address-for-good = Deine Adresse und dein Benutzername bleiben, bis du sie löschen lässt, damit niemand mit der Adresse ein zweites Konto bekommt.
form-kept-code = Wenn du deine Daten löschen lässt, bleibt ein Code, aus dem niemand die Adresse lesen kann. Er wird { $after } gelöscht.
form-kept-code-for-good = Wenn du deine Daten löschen lässt, bleibt auf Dauer ein Code, aus dem niemand die Adresse lesen kann.
form-kept-unconfirmed = Eine Anfrage, die nie bestätigt wird, wird { $after } gelöscht.
form-kept-unconfirmed-for-good = Eine Anfrage, die nie bestätigt wird, bleibt, bis du sie löschen lässt.
form-kept-further = Eine weitere Anfrage für eine Adresse, die schon ein Konto hat, wird { $after } gelöscht.
form-kept-further-for-good = Eine weitere Anfrage für eine Adresse, die schon ein Konto hat, bleibt, bis du sie löschen lässt.
form-kept-steps = Was für deine Anfrage getan wurde, ist ohne Namen und Adresse festgehalten und wird { $after } gelöscht.
form-kept-steps-for-good = Was für deine Anfrage getan wurde, bleibt ohne Namen und Adresse auf Dauer festgehalten.
form-kept-years =
    { $years ->
        [one] nach einem Jahr
       *[other] nach { $years } Jahren
    }
form-kept-days =
    { $days ->
        [one] nach einem Tag
       *[other] nach { $days } Tagen
    }
form-kept-hours =
    { $hours ->
        [one] nach einer Stunde
       *[other] nach { $hours } Stunden
    }
form-about-ask = Wen du fragen kannst
form-about-ask-text = Wenn du Fragen hast oder deine Daten löschen lassen willst, schreib an { $support }.

## While the form is filled in

form-preview-blank = Aus deinem Namen bilden wir deinen Benutzernamen.
form-preview = Dein Benutzername lautet voraussichtlich { $username }, vielleicht mit einer Zahl.
form-username-choice = Welchen Benutzernamen möchtest du?
form-username-choice-hint = Ist der Benutzername vergeben, kommt eine Zahl dazu.
form-trap = Lass dieses Feld leer
form-noscript = In deinem Browser ist JavaScript aus. Das macht nichts: Wir schicken dir zuerst einen Code, den du auf der nächsten Seite eingibst.

## The status page

status-title-confirm = Bestätige deine Adresse
status-title-working = Dein Konto wird eingerichtet
status-title-done = Dein Konto ist fertig
status-title-attention = Das muss sich jemand ansehen
status-title-erased = Diese Anfrage wurde gelöscht
status-title-voided = Diese Anfrage ist geschlossen
status-title-gone = Dieses Konto gibt es nicht mehr
status-title-undelivered = Die E‑Mail kam zurück

status-lead-confirm = Wir haben einen Code an { $email } geschickt.
status-lead-withheld = An diese Adresse gingen zuletzt mehrere E‑Mails, deshalb haben wir noch keine weitere geschickt. Öffne den Link in einer davon, vielleicht liegt sie im Spam-Ordner: Er zeigt alle offenen Anfragen für die Adresse, auch diese.
status-demo-inbox = Das ist eine Demo: Öffne hier ihren Posteingang mit den E‑Mails
status-lead-working = Das dauert meist weniger als eine Minute. Du kannst diese Seite schließen: Das Passwort geht auf jeden Fall an { $email }.
status-lead-waiting = Es dauert länger als sonst. Du kannst diese Seite schließen: Das Passwort geht auf jeden Fall an { $email }.
status-lead-done = Wir haben das Passwort an { $email } geschickt.
status-lead-attention = Es gibt ein Problem, das wir von Hand lösen müssen. Deine Anfrage ist sicher gespeichert, und du musst nichts tun. Wenn du nach zwei Werktagen nichts gehört hast, schreib an { $support }.
status-lead-voided = Für diese Adresse wurde eine andere Anfrage bestätigt, oder die Person, der die Adresse gehört, hat diese abgelehnt. Die Angaben sind gelöscht. Wenn du ein Konto möchtest, füll das Formular noch einmal aus.
status-lead-gone = Das Konto dieser Anfrage wurde in Microsoft 365 gelöscht. Wenn du noch eines brauchst oder das nicht erwartet hast, schreib an { $support }.
status-lead-undelivered = Unsere letzte E‑Mail an { $email } konnte nicht zugestellt werden und kam zu uns zurück. Wenn du unter dieser Adresse keine E‑Mails bekommst, schreib an { $support }.

status-wrong-address = Falsche Adresse?
status-wrong-address-running = Das Konto für diese Adresse wird schon angelegt. Du kannst das Formular mit der richtigen Adresse noch einmal absenden: Schreib danach an { $support }, damit wir dieses hier entfernen.
status-lead-erased = Alle Daten dieser Anfrage sind gelöscht. Wenn du wieder ein Konto möchtest, schreib an { $support }.

status-steps = Schritte
status-step-confirm = Adresse bestätigen
status-step-create = Konto anlegen
status-step-access = Lizenzen und Gruppen zuweisen
status-step-mail = Passwort verschicken
status-state-waiting = kommt noch
status-state-running = läuft
status-state-yours = du bist dran
status-state-done = erledigt
status-state-stuck = aufgehalten

status-wait-seats = Zurzeit sind alle Lizenzen vergeben. Du bekommst deine, sobald wieder eine frei ist.
status-wait-throttled = Bei Microsoft ist gerade viel los, und wir sollen langsamer machen. Es geht von selbst weiter.
status-wait-tenant = Microsoft ist gerade nicht richtig erreichbar. Wir versuchen es weiter.
status-wait-lag = Microsoft richtet dein neues Konto noch auf allen Servern ein. Das kann einige Minuten dauern.
status-wait-mail = Der Mailserver nimmt unsere E‑Mails gerade nicht an. Wir versuchen es weiter.
status-wait-earlier = Frühere Anfragen kommen zuerst dran. Deine folgt von selbst.

status-username = Dein Benutzername
status-sign-in = Anmeldeseite
status-sign-in-submit = Anmelden
status-sign-in-hint = Mit dem Benutzernamen und dem Passwort aus der E‑Mail. Danach wählst du ein eigenes Passwort.
sign-in-private = Bist du bei Microsoft schon mit einem anderen Konto angemeldet, zum Beispiel privat? Dann öffne die Seite in einem privaten Fenster.
sign-in-authenticator = Wenn Microsoft weitere Informationen verlangt, richte die App „Authenticator“ auf deinem Handy so ein, wie die Seite es zeigt.
status-no-mail = Keine E‑Mail da?
status-no-mail-text = Eine E‑Mail kann einige Minuten brauchen. Sieh auch im Spam-Ordner nach. Wenn nichts ankommt, schreib an { $support }.
status-no-mail-sender = Der Absender ist { $sender }.
status-address-note = Du kannst auf jedem Gerät zu dieser Seite zurückkommen. Behalte ihre Adresse für dich: Wer sie hat, sieht, was du hier siehst.

## Confirming the address

code-label = Code aus der E‑Mail
code-hint = Sechs Ziffern. Du kannst auch den Link in der E‑Mail nutzen.
code-hint-minutes =
    { $minutes ->
        [one] Sechs Ziffern, noch eine Minute gültig. Du kannst auch den Link in der E‑Mail nutzen.
       *[other] Sechs Ziffern, noch { $minutes } Minuten gültig. Du kannst auch den Link in der E‑Mail nutzen.
    }
code-hint-hours = Sechs Ziffern, noch { $hours } Stunden gültig. Du kannst auch den Link in der E‑Mail nutzen.
code-submit = Bestätigen
code-again = Keine E‑Mail da? Sieh im Spam-Ordner nach oder lass sie dir noch einmal schicken.
code-again-submit = E‑Mail noch einmal schicken
code-sent = Eine neue E‑Mail ist unterwegs. Nur der neueste Code gilt.
code-too-often = Für diese Anfrage wurden so viele Codes verschickt, dass kein weiterer mehr kommt. Füll das Formular später noch einmal aus.
code-too-soon = Gerade eben wurde eine E‑Mail verschickt. Bitte warte ein wenig, bevor du noch eine anforderst.
code-withheld = An diese Adresse gingen zuletzt mehrere E‑Mails, deshalb wurde keine neue geschickt. Der letzte Code und die Links in früheren E‑Mails gelten weiter, solange sie gültig sind.

link-title = Bestätige deine Adresse
link-lead = Jemand möchte mit deiner Adresse ein Microsoft‑365-Konto unter diesem Namen. Bist du das? Dann bestätige, und wir legen das Konto an.
link-submit = Ja, das bin ich
link-refuse-hint = Bist du das nicht? Dann lehne ab: Die Anfrage wird geschlossen und gelöscht, und es wird kein Konto angelegt.
link-refuse = Nein, ablehnen
link-list-title = Welche Anfrage ist deine?
link-list-lead = Für deine Adresse kamen mehrere Anfragen, vielleicht auch von anderen. Wähle deine aus: Wir legen das Konto dafür an und schließen die übrigen.
link-choose = Das ist meine
link-refuse-all-hint = Ist keine davon deine? Dann lehne ab: Alle werden geschlossen und gelöscht, und es wird kein Konto angelegt.
link-refuse-all = Keine ist meine, alle ablehnen
link-asked = Eingegangen
link-refused-title = Keine Anfrage ist offen
link-refused-text = Für deine Adresse ist keine Anfrage mehr offen: Alle wurden abgelehnt, oder eine andere wurde bestätigt. Die Angaben darin sind gelöscht. Wenn du ein Konto möchtest, füll das Formular aus.

# Since when a request has been open.
age-minutes =
    { $minutes ->
        [one] vor einer Minute
       *[other] vor { $minutes } Minuten
    }
age-hours =
    { $hours ->
        [one] vor einer Stunde
       *[other] vor { $hours } Stunden
    }
age-days =
    { $days ->
        [one] vor einem Tag
       *[other] vor { $days } Tagen
    }
link-gone-title = Dieser Link gilt nicht mehr
link-gone-text = Vielleicht ist er zu alt, oder seine Anfrage wurde gelöscht. Wenn du deine Adresse schon bestätigt hast, ist alles gut, und das Passwort kommt per E‑Mail. Sonst nimm die neueste E‑Mail oder füll das Formular noch einmal aus.

## Following a signup: a further mail, the end of the page

status-title-renewing = Ein neues Passwort ist unterwegs
status-lead-renewing = Wir setzen es für dein Konto und schicken es dann an { $email }. Du kannst diese Seite schließen.
status-step-reset = Neues Passwort setzen
status-username-soon = Dein künftiger Benutzername
status-username-hint = Falls er schon vergeben ist, hängen wir eine Zahl an.
status-renewed = Du hast ein neues Passwort angefordert. Sobald die E‑Mail damit ankommt, gilt das alte nicht mehr. Wenn nach zehn Minuten nichts gekommen ist, schreib an { $support }.
status-forgotten = Du hast dich schon einmal angemeldet und weißt das Passwort nicht mehr? Wähle bei der Anmeldung „Kennwort vergessen“.
status-expires = Die Seite lässt sich bis zum { $date } öffnen.
status-connection-lost = Die Verbindung ist unterbrochen. Deine Anfrage läuft trotzdem weiter, und diese Seite versucht, sich wieder zu verbinden.

again-password-title = Neues Passwort schicken lassen
again-password = Immer noch nichts da? Wir können ein neues Passwort setzen und dir schicken. Das alte gilt dann nicht mehr.
again-password-submit = Neues Passwort schicken
again-password-none = Über diese Seite lässt sich kein weiteres Passwort schicken.
again-undelivered = Wenn die Adresse stimmt, lass dir eine neue E‑Mail dorthin schicken.
again-left =
    { $left ->
        [one] Das ist noch einmal möglich.
       *[other] Das ist noch { $left }-mal möglich.
    }
again-left-until =
    { $left ->
        [one] Das ist noch einmal möglich, bis zum { $date }.
       *[other] Das ist noch { $left }-mal möglich, bis zum { $date }.
    }
again-minutes =
    { $minutes ->
        [one] Die nächste E‑Mail kannst du in einer Minute anfordern.
       *[other] Die nächste E‑Mail kannst du in { $minutes } Minuten anfordern.
    }
again-hours = Die nächste E‑Mail kannst du in { $hours } Stunden anfordern.

# A day, as it is written in a sentence.
page-date =
    { $day }. { $month ->
        [1] Januar
        [2] Februar
        [3] März
        [4] April
        [5] Mai
        [6] Juni
        [7] Juli
        [8] August
        [9] September
        [10] Oktober
        [11] November
       *[12] Dezember
    } { $year }

## At the foot of every page

page-imprint = Impressum
page-privacy = Datenschutz
page-terms = Nutzungsbedingungen
page-accessibility = Barrierefreiheit

## When no licence is free

closed-title = Zurzeit können keine Konten angelegt werden
closed-lead = Im Moment sind alle Lizenzen für Microsoft 365 vergeben, deshalb ruht die Anmeldung. Es wurde nichts gespeichert.
closed-again = Sobald Lizenzen frei sind, ist das Formular wieder unter dieser Adresse da: Versuch es bitte morgen noch einmal. Wenn du früher ein Konto brauchst, schreib an { $support }.

closed-off-title = Die Anmeldung ruht
closed-off-lead = Im Moment können keine neuen Konten beantragt werden. Es wurde nichts gespeichert. Frühere Anmeldungen laufen weiter, und die Links in ihren E‑Mails funktionieren.
closed-off-again = Das Formular findest du später wieder unter dieser Adresse: Versuch es bitte noch einmal. Wenn du früher ein Konto brauchst, schreib an { $support }.
