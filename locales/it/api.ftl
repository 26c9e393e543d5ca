# What programs are told that use the API, or rather the people who write them.

## Requests that cannot be answered

api-not-found = A questo indirizzo non c’è nulla.
api-method = Questo indirizzo non accetta questo metodo. L’intestazione Allow indica quelli che accetta.
api-bad-request = Non è stato possibile leggere la richiesta: era incompleta o danneggiata.
api-too-large = Il contenuto è molto più grande di quanto possa essere una richiesta.
api-media-type = Invia il contenuto come JSON, con l’intestazione Content-Type: application/json.
api-cross-site = Le pagine del sito da cui viene questa richiesta non possono usare l’API.
api-not-json = Il contenuto non è JSON valido.
api-key-malformed = L’Idempotency-Key deve avere da 16 a 255 lettere, cifre o altri caratteri ASCII visibili.
api-key-other-title = Questa Idempotency-Key indica un’altra richiesta
api-key-other-text = Invia un’altra richiesta con una chiave propria.

## Requests with fields that cannot be used

api-invalid-title = La richiesta non è utilizzabile così com’è
api-invalid-text = L’elenco degli errori dice che cosa cambiare.
api-not-object = Il contenuto deve essere un oggetto JSON.
api-not-text = Questo campo deve essere un testo.
api-unknown-field = Questo campo non esiste.
api-consent = Indica la versione dei testi di consenso che la persona ha accettato. Quella attuale è { $version }.
api-username = Scegli uno di questi nomi utente: { $usernames }.
