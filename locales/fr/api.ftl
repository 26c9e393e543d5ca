# What programs are told that use the API, or rather the people who write them.

## Requests that cannot be answered

api-not-found = Il n’y a rien à cette adresse.
api-method = Cette adresse n’accepte pas cette méthode. L’en-tête Allow nomme celles qu’elle accepte.
api-bad-request = La requête n’a pas pu être lue : elle était incomplète ou endommagée.
api-too-large = Le contenu est bien plus grand qu’une requête ne peut l’être.
api-media-type = Envoyez le contenu en JSON, avec l’en-tête Content-Type: application/json.
api-cross-site = Les pages du site d’où vient cette requête n’ont pas le droit d’utiliser l’API.
api-not-json = Le contenu n’est pas du JSON valide.
api-key-malformed = L’en-tête Idempotency-Key doit avoir de 16 à 255 lettres, chiffres ou autres caractères ASCII visibles.
api-key-other-title = Cette Idempotency-Key désigne une autre requête
api-key-other-text = Envoyez une autre requête avec une clé qui lui est propre.

## Requests with fields that cannot be used

api-invalid-title = La requête n’est pas utilisable telle quelle
api-invalid-text = La liste des erreurs indique ce qu’il faut changer.
api-not-object = Le contenu doit être un objet JSON.
api-not-text = Ce champ doit être un texte.
api-unknown-field = Ce champ n’existe pas.
api-consent = Indiquez la version des textes de consentement que la personne a acceptée. La version actuelle est { $version }.
api-username = Choisissez l’un de ces noms d’utilisateur : { $usernames }.
