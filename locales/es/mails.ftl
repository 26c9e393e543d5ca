# Correos. Sin marcado: está en las plantillas de templates/mail.

mail-greeting = Hola, { $name }:

## El correo con la contraseña

mail-password-subject = Tu cuenta de Microsoft 365 – { $site }
mail-password-intro = Tu cuenta de Microsoft 365 está lista. Esto es lo que necesitas para iniciar sesión por primera vez:
mail-username = Nombre de usuario
mail-password = Contraseña
mail-password-hint = La contraseña solo tiene letras y números. Para evitar confusiones, no contiene las letras O, o, l, I, B, S y Z ni los números 0 y 1.
mail-steps-title = Cómo iniciar sesión
mail-step-open = Abre esta página:
mail-step-sign-in = Inicia sesión con el nombre de usuario y la contraseña de arriba. El nombre de usuario no es tu dirección de la universidad.
mail-step-change = Elige una contraseña nueva cuando se te pida. Después borra este correo.
mail-licence-note = Algunos servicios pueden tardar unos minutos más en estar disponibles.
mail-not-you = ¿No has pedido esta cuenta? Entonces alguien ha introducido tu dirección. Escribe a { $support } y eliminaremos la cuenta.

## El correo a quien ya tiene una cuenta

mail-reminder-subject = Ya tienes una cuenta – { $site }
mail-reminder-greeting = Hola:
mail-reminder-intro = Alguien, probablemente tú, acaba de pedir una cuenta de Microsoft 365 con esta dirección. Ya existe una, así que no se ha creado ni cambiado nada.
mail-reminder-password = Si no recuerdas la contraseña, elige «He olvidado mi contraseña» al iniciar sesión en { $url } o escribe a { $support }.
mail-reminder-not-you = Si no fuiste tú, no tienes que hacer nada.

# The same where the account is no longer in the tenant.
mail-gone-subject = Tu cuenta ya no existe – { $site }
mail-gone-intro = Alguien, probablemente tú, acaba de pedir una cuenta de Microsoft 365 con esta dirección. La cuenta de esta dirección ya no existe y no se ha creado nada.
mail-gone-ask = Si todavía necesitas una cuenta, escribe a { $support }.
## The mail to someone whose data were erased

mail-notice-subject = No se ha creado ninguna cuenta nueva – { $site }
mail-notice-intro = Alguien, probablemente tú, acaba de pedir una cuenta de Microsoft 365 con esta dirección. Ya hubo una y sus datos se borraron aquí a petición del titular. Para que nadie consiga una segunda cuenta, no se ha creado nada y esta solicitud también se ha borrado.
mail-notice-ask = Si quieres volver a tener una cuenta, escribe a { $support }.

## El correo con el código de confirmación

mail-code-subject = { $code } es tu código de confirmación – { $site }
mail-code-subject-only = Tu código de confirmación – { $site }
mail-code-greeting = Hola:
mail-code-who = { $name } pide la cuenta { $username }. Si el nombre de usuario ya está en uso, le añadiremos un número.
mail-code-intro = ¿Eres tú? Entonces escribe este código en la página que tienes abierta:
mail-code = Código de confirmación
mail-code-link = También puedes abrir este enlace y pulsar el botón que verás allí:
mail-code-minutes =
    { $minutes ->
        [one] El código y el enlace son válidos durante un minuto.
       *[other] El código y el enlace son válidos durante { $minutes } minutos.
    }
mail-code-hours = El código y el enlace son válidos durante { $hours } horas.
mail-code-not-you = Si no eres tú, abre el enlace y rechaza la solicitud, o ignora este correo. Sin tu confirmación no se crea nada.

## Todos los correos

# What stands before a value in a plain mail.
mail-label = { $label }:
mail-footer = { $site } ha enviado este correo automáticamente. Preguntas: { $support }
mail-reference = Referencia para el soporte: { $reference }

## The mail with a new password

mail-renewed-subject = Tu contraseña nueva – { $site }
mail-renewed-intro = En la página de tu solicitud se ha pedido una contraseña nueva para tu cuenta de Microsoft 365. La anterior ya no funciona. Inicia sesión con esta:
mail-renewed-not-you = ¿No has sido tú? Entonces otra persona conoce la dirección de esa página. Inicia sesión ahora mismo, elige una contraseña propia y escribe a { $support }.

## Mails to admins

mail-alert-attention-subject =
    { $count ->
        [one] Una solicitud necesita atención – { $site }
       *[other] { $count } solicitudes necesitan atención – { $site }
    }
mail-alert-attention-intro =
    { $count ->
        [one] Una solicitud está detenida hasta que alguien corrija la causa. Su identificador y el motivo:
       *[other] { $count } solicitudes están detenidas hasta que alguien corrija la causa. Sus identificadores y los motivos:
    }
mail-alert-attention-show = Qué le ha pasado a una de ellas y qué hacer:
mail-alert-attention-retry = Una vez corregida la causa, esta orden las reanuda todas:
mail-alert-more =
    { $count ->
        [one] Y una más.
       *[other] Y { $count } más.
    }

mail-alert-seats-low-subject = Quedan pocas licencias – { $site }
mail-alert-seats-low-intro =
    { $count ->
        [one] Hay menos de { $count } plaza libre de estas licencias:
       *[other] Hay menos de { $count } plazas libres de estas licencias:
    }
mail-alert-seats-none-subject = No queda ninguna licencia – { $site }
mail-alert-seats-none-intro = Todas las plazas de estas licencias están ocupadas:
mail-alert-seats-none-queue = Las solicitudes se siguen aceptando. Esperan y continúan por sí solas en cuanto haya plazas libres.
mail-alert-seats-none-close = No se aceptan solicitudes que necesiten una de estas licencias. El formulario se abre por sí solo en cuanto haya plazas libres.
mail-alert-seats-line = { $tenant }: { $free } de { $total } plazas libres de { $product }
mail-alert-seats-unknown = { $tenant }: el inquilino no tiene plazas de { $product } o esa licencia no existe. Corrige el perfil.
mail-alert-seats-buy = Compra plazas en el Centro de administración de Microsoft 365 o retira licencias de cuentas que ya no las necesiten.

mail-alert-certificate-subject = Hay que renovar un certificado – { $site }
mail-alert-certificate-intro = Con estos certificados el servicio inicia sesión en Entra. Cuando caduque el último certificado válido de un inquilino, ya no se podrán crear cuentas en él.
mail-alert-certificate-ends = { $tenant }: { $thumbprint } caduca el { $date }
mail-alert-certificate-ended = { $tenant }: { $thumbprint } caducó el { $date }
mail-alert-certificate-renew = Esta orden crea un nuevo par e indica los pasos siguientes:

mail-alert-refused-subject = Microsoft rechaza la aplicación – { $site }
mail-alert-refused-intro = Estos inquilinos rechazan la aplicación, por lo que no se pueden crear cuentas en ellos. Las solicitudes esperan. Seguirán por sí solas en cuanto se vuelva a aceptar la aplicación.
mail-alert-refused-check = Esta orden muestra qué hay que cambiar:
