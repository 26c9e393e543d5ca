# What programs are told that use the API, or rather the people who write them.

## Requests that cannot be answered

api-not-found = Unter dieser Adresse gibt es nichts.
api-method = Diese Adresse nimmt diese Methode nicht an. Welche sie annimmt, steht im Header Allow.
api-bad-request = Die Anfrage war nicht lesbar: Etwas darin war unvollständig oder beschädigt.
api-too-large = Der Inhalt ist viel größer, als eine Anfrage sein kann.
api-media-type = Der Inhalt muss als JSON gesendet werden, mit dem Header Content-Type: application/json.
api-cross-site = Seiten der Website, von der diese Anfrage kommt, dürfen die Schnittstelle nicht benutzen.
api-not-json = Der Inhalt ist kein gültiges JSON.
api-key-malformed = Der Idempotency-Key muss aus 16 bis 255 Buchstaben, Ziffern oder anderen sichtbaren ASCII-Zeichen bestehen.
api-key-other-title = Dieser Idempotency-Key steht für eine andere Anfrage
api-key-other-text = Eine andere Anfrage braucht einen eigenen Schlüssel.

## Requests with fields that cannot be used

api-invalid-title = So ist die Anfrage nicht verwendbar
api-invalid-text = Was zu ändern ist, steht in der Liste der Fehler.
api-not-object = Der Inhalt muss ein JSON-Objekt sein.
api-not-text = Dieses Feld muss ein Text sein.
api-unknown-field = Dieses Feld gibt es nicht.
api-consent = Hier muss stehen, welcher Fassung der Einwilligungstexte die Person zugestimmt hat. Die aktuelle ist { $version }.
api-username = Wähle einen dieser Benutzernamen: { $usernames }.
