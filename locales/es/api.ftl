# What programs are told that use the API, or rather the people who write them.

## Requests that cannot be answered

api-not-found = No hay nada en esta dirección.
api-method = Esta dirección no acepta este método. La cabecera Allow nombra los que acepta.
api-bad-request = No se pudo leer la petición: algo en ella estaba incompleto o dañado.
api-too-large = El contenido es mucho mayor de lo que puede ser una petición.
api-media-type = Envía el contenido como JSON, con la cabecera Content-Type: application/json.
api-cross-site = Las páginas del sitio que envió esta petición no pueden usar la API.
api-not-json = El contenido no es JSON válido.
api-key-malformed = La Idempotency-Key debe tener de 16 a 255 letras, cifras u otros caracteres ASCII visibles.
api-key-other-title = Esta Idempotency-Key corresponde a otra petición
api-key-other-text = Envía otra petición con una clave propia.

## Requests with fields that cannot be used

api-invalid-title = La petición no se puede usar tal como está
api-invalid-text = La lista de errores dice qué hay que cambiar.
api-not-object = El contenido debe ser un objeto JSON.
api-not-text = Este campo debe ser un texto.
api-unknown-field = Este campo no existe.
api-consent = Indica la versión de los textos de consentimiento que la persona ha aceptado. La actual es { $version }.
api-username = Elige uno de estos nombres de usuario: { $usernames }.
