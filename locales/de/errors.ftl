## Above a form that comes back

error-summary =
    { $count ->
        [one] Es gibt ein Problem
       *[other] Es gibt { $count } Probleme
    }
error-prefix = Fehler:
error-form-expired = Das Formular war lange offen und musste erneuert werden. Deine Eingaben sind noch da: Sieh sie durch und schick sie noch einmal ab.
error-form-foreign = Wir konnten nicht erkennen, dass dieses Formular aus deinem Browser kommt. Erlaube Cookies für diese Seite und schick es noch einmal ab. Deine Eingaben sind noch da.
error-not-recorded = Wir konnten deine Anfrage gerade nicht speichern. Deine Eingaben sind noch da: Bitte schick sie gleich noch einmal ab.
error-closed-kept = Die Anmeldung wurde inzwischen unterbrochen, deshalb ist deine Anmeldung nicht gespeichert. Was du eingegeben hast, steht noch hier: Bitte schick es später noch einmal ab.

## Above a form that a program may have sent

error-too-fast = Das ging sehr schnell, als hätte ein Programm das Formular ausgefüllt. Deine Eingaben sind noch da: Bitte schick sie noch einmal ab.
error-hidden-field = Ein Feld, das Menschen nicht sehen, war ausgefüllt, vielleicht von deinem Browser. Es ist wieder leer. Deine übrigen Eingaben sind noch da: Bitte schick sie noch einmal ab.

## At the fields

error-email-empty = Gib deine Hochschuladresse ein.
error-email-too-long = Gib eine Adresse mit höchstens { $max } Zeichen ein.
error-email-malformed = Gib eine Adresse wie name@example.edu ein.
error-email-unsafe = Nimm eine Adresse, die vor dem @ nur Buchstaben, Ziffern und . _ - + ' enthält und nicht mit einem Bindestrich beginnt.
error-email-not-admitted = Mit dieser Adresse geht es hier nicht. Gib die ein, die du von deiner Hochschule hast. Wenn sie das ist, schreib an { $support }.
error-email-registered = Zu dieser Adresse gibt es schon ein Konto. Wenn du dich nicht mehr anmelden kannst, schreib an { $support }.
error-first-name-empty = Gib deinen Vornamen ein.
error-first-name-too-long = Gib einen Vornamen mit höchstens { $max } Zeichen ein.
error-first-name-forbidden = Der Vorname enthält ein Zeichen, das in Namen nicht vorkommen kann. Entferne es.
error-first-name-no-letter = Der Vorname braucht mindestens einen Buchstaben.
error-last-name-empty = Gib deinen Nachnamen ein.
error-last-name-too-long = Gib einen Nachnamen mit höchstens { $max } Zeichen ein.
error-last-name-forbidden = Der Nachname enthält ein Zeichen, das in Namen nicht vorkommen kann. Entferne es.
error-last-name-no-letter = Der Nachname braucht mindestens einen Buchstaben.
error-name-one = { $field }: Fülle auch dieses Feld aus. Wenn du nur einen Namen hast, schreib ihn in beide Felder.
error-name-sign = { $field }: Entferne Zeichen wie = + @ : / \ | < > # und einen Bindestrich am Anfang. Die kommen in keinem Namen vor.
error-name-digit = { $field }: Entferne die Ziffern. Schreib eine Zahl in römischen Ziffern, zum Beispiel III, oder als 2nd.
error-name-web-address = { $field }: Das sieht wie eine Webadresse aus. Schreib nur deinen Namen, mit einem Leerzeichen nach jedem Punkt.
error-name-word = { $field }: Darin ist ein Wort, das hier nicht in Namen vorkommen darf, weil es nach einer Stelle oder Firma klingt. Schreib nur deinen eigenen Namen, oder schreib an { $support }, wenn er so lautet.
error-name-no-username = Aus diesem Namen lässt sich kein Benutzername bilden. Schreib ihn in lateinischen Buchstaben, oder schreib an { $support }.
error-name-reserved = Der Benutzername, der sich daraus ergibt, ist reserviert. Bitte schreib an { $support }.
error-username-choose = Wähle einen der Benutzernamen aus.
error-consent-microsoft = Setz hier ein Häkchen: Ohne deine Einwilligung können wir das Konto bei Microsoft nicht anlegen.
error-consent-terms = Setz hier ein Häkchen: Ohne Zustimmung können wir das Konto nicht anlegen.

error-code-malformed = Gib die sechs Ziffern aus der E‑Mail ein.
error-code-wrong =
    { $left ->
        [one] Das ist nicht der Code. Du hast noch einen Versuch.
       *[other] Das ist nicht der Code. Du hast noch { $left } Versuche.
    }
error-code-too-many = Der Code war zu oft falsch. Lass dir unten einen neuen schicken.
error-code-expired = Dieser Code ist zu alt. Lass dir unten einen neuen schicken.

## Pages of their own

error-reference = Kennung:
error-reference-hint = Wenn du an { $support } schreibst, nenn diese Kennung: Damit sehen wir, was passiert ist.

error-not-found-title = Diese Seite gibt es nicht
error-not-found-text = Vielleicht ist die Adresse unvollständig oder vertippt. Wenn du zu deiner Anfrage wolltest, nimm die ganze Adresse oder füll das Formular noch einmal aus: Ein zweites Konto entsteht dabei nicht.
error-method-title = So lässt sich diese Seite nicht aufrufen
error-method-text = Öffne das Formular und schick es von dort ab.
error-bad-request-title = Das konnten wir nicht lesen
error-bad-request-text = Etwas daran war unvollständig oder beschädigt. Öffne das Formular und schick es noch einmal ab.
error-too-large-title = Es wurde zu viel geschickt
error-too-large-text = Was geschickt wurde, ist viel größer, als dieses Formular sein kann. Öffne es und schick es noch einmal ab.
error-media-type-title = Das konnten wir nicht lesen
error-media-type-text = Hier lässt sich nur das Formular dieser Seite abschicken. Öffne es und schick es noch einmal ab.
error-cross-site-title = Das kam von einer anderen Seite
error-cross-site-text = Zu deiner Sicherheit nehmen wir das Formular nur von dieser Website an. Öffne es hier und schick es noch einmal ab.
error-unavailable-title = Wir brauchen einen Moment
error-unavailable-text = Unsere Daten sind gerade nicht erreichbar. Was du vorher geschickt hast, ist nicht verloren: Bitte versuch es in einer Minute noch einmal.
error-internal-title = Etwas ist schiefgegangen
error-internal-text = Der Fehler liegt bei uns und ist notiert. Bitte versuch es gleich noch einmal.

## Limits

error-too-many-title = Das waren zu viele Versuche
error-too-many-text =
    { $minutes ->
        [one] In kurzer Zeit gab es zu viele Versuche, vielleicht auch von anderen, die denselben Internetanschluss benutzen. Bitte versuch es in einer Minute noch einmal.
       *[other] In kurzer Zeit gab es zu viele Versuche, vielleicht auch von anderen, die denselben Internetanschluss benutzen. Bitte versuch es in { $minutes } Minuten noch einmal.
    }
error-too-many-kept =
    { $minutes ->
        [one] In kurzer Zeit kamen zu viele Anfragen, vielleicht auch von anderen, die denselben Internetanschluss benutzen. Deine Eingaben sind noch da: Bitte schick sie in einer Minute noch einmal ab.
       *[other] In kurzer Zeit kamen zu viele Anfragen, vielleicht auch von anderen, die denselben Internetanschluss benutzen. Deine Eingaben sind noch da: Bitte schick sie in { $minutes } Minuten noch einmal ab.
    }
