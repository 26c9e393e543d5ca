## Encima de un formulario devuelto

error-summary =
    { $count ->
        [one] Hay un problema
       *[other] Hay { $count } problemas
    }
error-prefix = Error:
error-form-expired = El formulario ha estado abierto mucho tiempo y hemos tenido que renovarlo. Lo que has escrito sigue aquí: revísalo y envíalo de nuevo.
error-form-foreign = No hemos podido comprobar que este formulario venga de tu navegador. Permite las cookies de este sitio y envía el formulario de nuevo. Lo que has escrito sigue aquí.
error-not-recorded = No hemos podido guardar tu solicitud en este momento. Lo que has escrito sigue aquí: envíalo de nuevo dentro de un momento.
error-closed-kept = Entretanto se ha pausado el registro, por lo que tu solicitud no se ha guardado. Lo que escribiste sigue aquí: envíalo de nuevo más tarde.

## Sobre un formulario que quizá envió un programa

error-too-fast = Ha sido muy rápido, como si un programa hubiera rellenado el formulario. Lo que has escrito sigue aquí: envíalo otra vez.
error-hidden-field = Se ha rellenado un campo que las personas no ven; quizá lo hizo tu navegador. Vuelve a estar vacío. Todo lo demás que has escrito sigue aquí: envíalo otra vez.

## Junto a los campos

error-email-empty = Escribe tu correo electrónico de la universidad.
error-email-too-long = Escribe una dirección de { $max } caracteres como máximo.
error-email-malformed = Escribe una dirección como nombre@example.edu.
error-email-unsafe = Usa una dirección que solo tenga letras, cifras y . _ - + ' antes de la @ y que no empiece con un guion.
error-email-not-admitted = Esta dirección no se puede usar aquí. Escribe la que te dio tu universidad; si es esta, escribe a { $support }.
error-email-registered = Ya hay una cuenta para esta dirección. Si ya no puedes iniciar sesión, escribe a { $support }.
error-first-name-empty = Escribe tu nombre.
error-first-name-too-long = Escribe un nombre de { $max } caracteres como máximo.
error-first-name-forbidden = El nombre contiene un carácter que no puede formar parte de un nombre. Quítalo.
error-first-name-no-letter = El nombre debe tener al menos una letra.
error-last-name-empty = Escribe tus apellidos.
error-last-name-too-long = Los apellidos no pueden superar los { $max } caracteres.
error-last-name-forbidden = Los apellidos contienen un carácter que no puede formar parte de un nombre. Quítalo.
error-last-name-no-letter = Los apellidos deben tener al menos una letra.
error-name-one = { $field }: rellena también este campo. Si solo tienes un nombre, escríbelo en los dos campos.
error-name-sign = { $field }: quita signos como = + @ : / \ | < > # y el guion inicial. Ningún nombre los tiene.
error-name-digit = { $field }: quita las cifras. Escribe los números en romano, como III, o como 2º.
error-name-web-address = { $field }: parece una dirección web. Escribe solo tu nombre, con un espacio después de cada punto.
error-name-word = { $field }: contiene una palabra que aquí no se admite en los nombres porque sugiere un servicio o una empresa. Escribe solo tu propio nombre o, si es este, escribe a { $support }.
error-name-no-username = Con este nombre no se puede formar un nombre de usuario. Escríbelo en letras latinas o ponte en contacto con { $support }.
error-name-reserved = El nombre de usuario que se forma con este nombre está reservado. Escribe a { $support }.
error-username-choose = Elige uno de los nombres de usuario.
error-consent-microsoft = Marca esta casilla: sin tu consentimiento no podemos crear la cuenta en Microsoft.
error-consent-terms = Marca esta casilla: de lo contrario, no podemos crear la cuenta.

error-code-malformed = Escribe las seis cifras del correo.
error-code-wrong =
    { $left ->
        [one] Ese no es el código. Te queda un intento.
       *[other] Ese no es el código. Te quedan { $left } intentos.
    }
error-code-too-many = Se han escrito demasiados códigos erróneos. Pide abajo que te enviemos uno nuevo.
error-code-expired = Este código es demasiado antiguo. Pide abajo que te enviemos uno nuevo.

## Páginas propias

error-reference = Referencia:
error-reference-hint = Si escribes a { $support }, menciona esta referencia: nos muestra qué ha pasado.

error-not-found-title = Esta página no existe
error-not-found-text = Puede que la dirección esté incompleta o mal escrita. Si querías ver tu solicitud, usa la dirección completa o rellena el formulario otra vez: no se crea una segunda cuenta.
error-method-title = Esta página no se puede usar así
error-method-text = Abre el formulario y envíalo desde allí.
error-bad-request-title = No hemos podido leer lo enviado
error-bad-request-text = Algo estaba incompleto o dañado. Abre el formulario y envíalo de nuevo.
error-too-large-title = Se han enviado demasiados datos
error-too-large-text = Lo enviado es mucho mayor de lo que puede ser este formulario. Abre el formulario y envíalo de nuevo.
error-media-type-title = No hemos podido leer lo enviado
error-media-type-text = Aquí solo se puede enviar el formulario de esta página. Ábrelo y envíalo de nuevo.
error-cross-site-title = Esto se envió desde otra página
error-cross-site-text = Por tu seguridad, solo aceptamos el formulario cuando se envía desde este sitio. Ábrelo aquí y envíalo de nuevo.
error-unavailable-title = Necesitamos un momento
error-unavailable-text = Ahora mismo no podemos acceder a nuestros datos. Nada de lo que enviaste antes se ha perdido: inténtalo de nuevo dentro de un minuto.
error-internal-title = Algo ha salido mal
error-internal-text = El fallo es nuestro y ha quedado anotado. Inténtalo de nuevo dentro de un momento.

## Límites

error-too-many-title = Demasiados intentos
error-too-many-text =
    { $minutes ->
        [one] Ha habido demasiados intentos en poco tiempo, quizá de otras personas que comparten tu conexión. Inténtalo de nuevo dentro de un minuto.
       *[other] Ha habido demasiados intentos en poco tiempo, quizá de otras personas que comparten tu conexión. Inténtalo de nuevo dentro de { $minutes } minutos.
    }
error-too-many-kept =
    { $minutes ->
        [one] Han llegado demasiadas solicitudes en poco tiempo, quizá de otras personas que comparten tu conexión. Lo que has escrito sigue aquí: envíalo de nuevo dentro de un minuto.
       *[other] Han llegado demasiadas solicitudes en poco tiempo, quizá de otras personas que comparten tu conexión. Lo que has escrito sigue aquí: envíalo de nuevo dentro de { $minutes } minutos.
    }
