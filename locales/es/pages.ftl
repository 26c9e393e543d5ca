## En todas partes

language-name = Español
language-switch = Idioma

page-skip = Ir al contenido
page-title = { $title } – { $site }
page-title-error = Error: { $title }
page-help = ¿Tienes preguntas? Escribe a { $support }.
page-home = Ir al formulario

## El formulario

form-title = Consigue tu cuenta de Microsoft 365
form-lead = Creamos tu cuenta y enviamos la contraseña a tu dirección de la universidad, normalmente en menos de un minuto.
form-lead-confirm = Enviamos un código a tu dirección de la universidad. Cuando lo hayas escrito, creamos tu cuenta y te enviamos la contraseña.
form-required = Todos los campos son obligatorios.

form-section-name = Tu nombre
form-section-consent = Tu consentimiento

form-email = Correo electrónico de la universidad
form-email-hint = La dirección que te dio tu universidad.
form-email-hint-example = Por ejemplo, { $example }
form-first-name = Nombre
form-last-name = Apellidos
form-name-hint = Escríbelo tal como quieres que se vea en Microsoft 365, en cualquier alfabeto.
form-one-name-twice = Si solo tienes un nombre, escríbelo en los dos campos.
form-one-name-once = Si solo tienes un nombre, deja el otro campo vacío.
form-consent-microsoft = Mi nombre y mi nuevo nombre de usuario se pueden enviar a Microsoft para crear la cuenta.
form-consent-terms = Acepto las condiciones de uso: la cuenta es para mis estudios, es solo mía y no comparto su contraseña con nadie.

form-submit = Crear mi cuenta
form-sending = Enviando…

form-about = Información útil
form-about-get = Qué recibes
form-about-get-text = Una cuenta de Microsoft 365 con las licencias y los grupos que tu universidad ha elegido para su alumnado.
form-about-sent = Qué se envía a Microsoft
form-about-sent-text = Tu nombre, el nombre de usuario formado con él y los datos que tu universidad fija para las cuentas de estudiantes. No se envía nada a nadie más.
form-about-kept = Qué se guarda aquí y durante cuánto tiempo
form-kept-password = Tu nombre y la contraseña se borran en cuanto se ha enviado la contraseña.
form-kept-address = Tu dirección y tu nombre de usuario se borran { $after }, contados desde el último cambio de tu solicitud.
form-kept-address-for-good = Tu dirección y tu nombre de usuario se conservan hasta que pidas que se borren, para que nadie pueda conseguir una segunda cuenta con esa dirección.
form-kept-code = Si pides que se borren tus datos, queda un código del que nadie puede leer la dirección. Se borra { $after }.
form-kept-code-for-good = Si pides que se borren tus datos, queda de forma permanente un código del que nadie puede leer la dirección.
form-kept-unconfirmed = Una solicitud que nunca se confirma se borra { $after }.
form-kept-unconfirmed-for-good = Una solicitud que nunca se confirma se conserva hasta que pidas que se borre.
form-kept-further = Otra solicitud para una dirección que ya tiene cuenta se borra { $after }.
form-kept-further-for-good = Otra solicitud para una dirección que ya tiene cuenta se conserva hasta que pidas que se borre.
form-kept-steps = El registro de lo que se hizo con tu solicitud, sin nombre ni dirección, se borra { $after }.
form-kept-steps-for-good = El registro de lo que se hizo con tu solicitud, sin nombre ni dirección, se conserva de forma permanente.
form-kept-years =
    { $years ->
        [one] después de un año
       *[other] después de { $years } años
    }
form-kept-days =
    { $days ->
        [one] después de un día
       *[other] después de { $days } días
    }
form-kept-hours =
    { $hours ->
        [one] después de una hora
       *[other] después de { $hours } horas
    }
form-about-ask = A quién preguntar
form-about-ask-text = Si tienes preguntas o quieres que se borren tus datos, escribe a { $support }.

## Mientras se rellena el formulario

form-preview-blank = Tu nombre de usuario se forma con tu nombre.
form-preview = Tu nombre de usuario será probablemente { $username }, quizá con un número.
form-username-choice = ¿Qué nombre de usuario quieres?
form-username-choice-hint = Si el nombre de usuario ya está ocupado, se le añade un número.
form-trap = Deja este campo vacío
form-noscript = JavaScript está desactivado en tu navegador. No pasa nada: primero te enviamos por correo un código, que escribirás en la página siguiente.

## La página de seguimiento

status-title-confirm = Confirma tu dirección
status-title-working = Estamos preparando tu cuenta
status-title-done = Tu cuenta está lista
status-title-attention = Tenemos que revisarlo
status-title-erased = Esta solicitud se ha borrado
status-title-voided = Esta solicitud está cerrada
status-title-gone = Esta cuenta ya no existe
status-title-undelivered = El correo ha sido devuelto

status-lead-confirm = Hemos enviado un código a { $email }.
status-lead-withheld = Esta dirección ha recibido varios correos hace poco, por eso todavía no hemos enviado otro. Abre el enlace de uno de ellos, quizá esté en la carpeta de correo no deseado: muestra todas las solicitudes abiertas para la dirección, también esta.
status-demo-inbox = Esto es una demostración: abre su bandeja de entrada con los correos
status-lead-working = Suele tardar menos de un minuto. Puedes cerrar esta página: la contraseña se enviará en cualquier caso a { $email }.
status-lead-waiting = Está tardando más de lo normal. Puedes cerrar esta página: la contraseña se enviará en cualquier caso a { $email }.
status-lead-done = Hemos enviado la contraseña a { $email }.
status-lead-attention = Hay un problema que nuestro equipo debe resolver a mano. Tu solicitud está guardada y no tienes que hacer nada. Si no recibes noticias en dos días laborables, escribe a { $support }.
status-lead-voided = Se ha confirmado otra solicitud para esta dirección, o la persona a la que pertenece la ha rechazado. Los datos introducidos se han borrado. Si quieres una cuenta, rellena el formulario otra vez.
status-lead-gone = La cuenta de esta solicitud se ha eliminado de Microsoft 365. Si todavía necesitas una o no lo esperabas, escribe a { $support }.
status-lead-undelivered = Nuestro último correo a { $email } no se ha podido entregar y nos ha sido devuelto. Si no puedes recibir correos en esta dirección, escribe a { $support }.

status-wrong-address = ¿Dirección equivocada?
status-wrong-address-running = La cuenta para esta dirección ya se está creando. Puedes volver a enviar el formulario con la dirección correcta: después escribe a { $support } para que eliminemos esta.
status-lead-erased = Se han borrado todos los datos de esta solicitud. Si quieres volver a tener una cuenta, escribe a { $support }.

status-steps = Pasos
status-step-confirm = Confirmar la dirección
status-step-create = Crear la cuenta
status-step-access = Asignar licencias y grupos
status-step-mail = Enviar la contraseña
status-state-waiting = pendiente
status-state-running = en curso
status-state-yours = te toca a ti
status-state-done = hecho
status-state-stuck = detenido

status-wait-seats = Todas las licencias están en uso en este momento. Recibirás la tuya en cuanto quede una libre.
status-wait-throttled = Microsoft está muy saturado y nos pide ir más despacio. Seguiremos automáticamente.
status-wait-tenant = En este momento tenemos problemas para conectar con Microsoft. Seguimos intentándolo.
status-wait-lag = Microsoft aún está preparando tu nueva cuenta en todos sus servidores. Puede tardar unos minutos.
status-wait-mail = El servidor de correo no acepta nuestro correo en este momento. Seguimos intentándolo.
status-wait-earlier = Las solicitudes anteriores van primero. Después le tocará automáticamente a la tuya.

status-username = Tu nombre de usuario
status-sign-in = Página de inicio de sesión
status-sign-in-submit = Iniciar sesión
status-sign-in-hint = Con el nombre de usuario y la contraseña del correo. Después elegirás una contraseña propia.
sign-in-private = ¿Ya has iniciado sesión en Microsoft con otra cuenta, por ejemplo una personal? Entonces abre la página en una ventana privada.
sign-in-authenticator = Si Microsoft pide más información, configura la aplicación Authenticator en tu teléfono como indica la página.
status-no-mail = ¿No llega el correo?
status-no-mail-text = Un correo puede tardar unos minutos. Mira también en la carpeta de correo no deseado. Si no llega nada, escribe a { $support }.
status-no-mail-sender = El remitente es { $sender }.
status-address-note = Puedes volver a esta página desde cualquier dispositivo. No compartas su dirección: quien la tenga verá lo que ves aquí.

## La confirmación de la dirección

code-label = Código del correo
code-hint = Seis cifras. También puedes usar el enlace del correo.
code-hint-minutes =
    { $minutes ->
        [one] Seis cifras, válidas un minuto más. También puedes usar el enlace del correo.
       *[other] Seis cifras, válidas { $minutes } minutos más. También puedes usar el enlace del correo.
    }
code-hint-hours = Seis cifras, válidas { $hours } horas más. También puedes usar el enlace del correo.
code-submit = Confirmar
code-again = ¿No llega el correo? Mira en la carpeta de correo no deseado o pide que lo enviemos otra vez.
code-again-submit = Enviar el correo otra vez
code-sent = Hay un correo nuevo en camino. Solo sirve el código más reciente.
code-too-often = Se han enviado tantos códigos para esta solicitud que ya no se enviará ninguno más. Rellena el formulario otra vez más tarde.
code-too-soon = Acabamos de enviarte un correo. Espera un poco antes de pedir otro.
code-withheld = Esta dirección ha recibido varios correos hace poco, por eso no se ha enviado ninguno nuevo. El último código y los enlaces de los correos anteriores siguen siendo válidos mientras no caduquen.

link-title = Confirma tu dirección
link-lead = Alguien pide una cuenta de Microsoft 365 con tu dirección y con este nombre. ¿Eres tú? Entonces confírmalo y crearemos la cuenta.
link-submit = Sí, soy yo
link-refuse-hint = ¿No eres tú? Entonces recházala: la solicitud se cierra y se borra, y no se crea ninguna cuenta.
link-refuse = No, rechazar
link-list-title = ¿Cuál es tu solicitud?
link-list-lead = Han llegado varias solicitudes para tu dirección, quizá de otras personas. Elige la tuya: crearemos la cuenta para ella y cerraremos las demás.
link-choose = Esta es la mía
link-refuse-all-hint = ¿Ninguna es tuya? Entonces recházalas: todas se cierran y se borran, y no se crea ninguna cuenta.
link-refuse-all = Ninguna es mía, rechazar todas
link-asked = Recibida
link-refused-title = No hay ninguna solicitud abierta
link-refused-text = Ya no hay ninguna solicitud abierta para tu dirección: se han rechazado todas o se ha confirmado otra. Los datos que contenían se han borrado. Si quieres una cuenta, rellena el formulario.

# Since when a request has been open.
age-minutes =
    { $minutes ->
        [one] hace un minuto
       *[other] hace { $minutes } minutos
    }
age-hours =
    { $hours ->
        [one] hace una hora
       *[other] hace { $hours } horas
    }
age-days =
    { $days ->
        [one] hace un día
       *[other] hace { $days } días
    }
link-gone-title = Este enlace ya no es válido
link-gone-text = Puede que sea demasiado antiguo o que su solicitud se haya borrado. Si ya has confirmado tu dirección, todo va bien y la contraseña llegará por correo. Si no, usa el correo más reciente o rellena el formulario otra vez.

## Following a signup: a further mail, the end of the page

status-title-renewing = Hay una contraseña nueva en camino
status-lead-renewing = La estamos configurando para tu cuenta y después la enviaremos a { $email }. Puedes cerrar esta página.
status-step-reset = Configurar la contraseña nueva
status-username-soon = Tu nombre de usuario será
status-username-hint = Si ya está en uso, le añadiremos un número.
status-renewed = Has pedido una contraseña nueva. En cuanto llegue el correo con ella, la anterior dejará de funcionar. Si en diez minutos no ha llegado nada, escribe a { $support }.
status-forgotten = ¿Ya has iniciado sesión alguna vez y no recuerdas la contraseña? Elige «He olvidado mi contraseña» al iniciar sesión.
status-expires = La página se puede abrir hasta el { $date }.
status-connection-lost = Se ha perdido la conexión. Tu solicitud sigue adelante y esta página intenta volver a conectarse.

again-password-title = Pedir una contraseña nueva
again-password = ¿Sigue sin llegar nada? Podemos configurar una contraseña nueva y enviártela por correo. La anterior dejará de funcionar.
again-password-submit = Enviar una contraseña nueva
again-password-none = Desde esta página ya no se pueden enviar más contraseñas.
again-undelivered = Si la dirección es correcta, pide que enviemos allí un correo nuevo.
again-left =
    { $left ->
        [one] Puedes hacerlo una vez más.
       *[other] Puedes hacerlo { $left } veces más.
    }
again-left-until =
    { $left ->
        [one] Puedes hacerlo una vez más, hasta el { $date }.
       *[other] Puedes hacerlo { $left } veces más, hasta el { $date }.
    }
again-minutes =
    { $minutes ->
        [one] Podrás pedir el próximo correo dentro de un minuto.
       *[other] Podrás pedir el próximo correo dentro de { $minutes } minutos.
    }
again-hours = Podrás pedir el próximo correo dentro de { $hours } horas.

# A day, as it is written in a sentence.
page-date =
    { $day } de { $month ->
        [1] enero
        [2] febrero
        [3] marzo
        [4] abril
        [5] mayo
        [6] junio
        [7] julio
        [8] agosto
        [9] septiembre
        [10] octubre
        [11] noviembre
       *[12] diciembre
    } de { $year }

## At the foot of every page

page-imprint = Aviso legal
page-privacy = Protección de datos
page-terms = Condiciones de uso
page-accessibility = Accesibilidad

## When no licence is free

closed-title = Ahora mismo no se pueden crear cuentas
closed-lead = Todas las licencias de Microsoft 365 están en uso en este momento, por lo que el registro está en pausa. No se ha guardado nada.
closed-again = En cuanto haya licencias libres, el formulario volverá a estar en esta dirección: inténtalo de nuevo mañana. Si necesitas una cuenta antes, escribe a { $support }.

closed-off-title = El registro está en pausa
closed-off-lead = En este momento no se pueden solicitar cuentas nuevas. No se ha guardado nada. Las solicitudes anteriores siguen su curso y los enlaces de sus correos funcionan.
closed-off-again = El formulario volverá a estar en esta dirección: inténtalo de nuevo más tarde. Si necesitas una cuenta antes, escribe a { $support }.
