# Email. Niente markup qui: sta nei modelli in templates/mail.

mail-greeting = Ciao { $name },

## L’email con la password

mail-password-subject = Il tuo account Microsoft 365 – { $site }
mail-password-intro = il tuo account Microsoft 365 è pronto. Ecco che cosa ti serve per accedere la prima volta:
mail-username = Nome utente
mail-password = Password
mail-password-hint = La password è fatta solo di lettere e cifre. Per evitare confusioni, non contiene le lettere O, o, l, I, B, S e Z né le cifre 0 e 1.
mail-steps-title = Come accedere
mail-step-open = Apri questa pagina:
mail-step-sign-in = Accedi con il nome utente e la password qui sopra. Il nome utente non è il tuo indirizzo universitario.
mail-step-change = Scegli una nuova password quando ti viene chiesto. Poi elimina questa email.
mail-licence-note = Per alcuni servizi può servire ancora qualche minuto.
mail-not-you = Non hai chiesto questo account? Allora qualcuno ha inserito il tuo indirizzo. Scrivi a { $support } e rimuoveremo l’account.

## L’email a chi ha già un account

mail-reminder-subject = Hai già un account – { $site }
mail-reminder-greeting = Ciao,
mail-reminder-intro = qualcuno, probabilmente tu, ha appena chiesto un account Microsoft 365 con questo indirizzo. Ne esiste già uno, quindi non è stato creato né modificato nulla.
mail-reminder-password = Se non ricordi più la password, scegli «Password dimenticata» quando accedi su { $url }, oppure scrivi a { $support }.
mail-reminder-not-you = Se la richiesta non è partita da te, non devi fare nulla.

# The same where the account is no longer in the tenant.
mail-gone-subject = Il tuo account non esiste più – { $site }
mail-gone-intro = qualcuno, probabilmente tu, ha appena chiesto un account Microsoft 365 con questo indirizzo. L’account di questo indirizzo non esiste più e non è stato creato nulla.
mail-gone-ask = Se ti serve ancora un account, scrivi a { $support }.
## The mail to someone whose data were erased

mail-notice-subject = Nessun nuovo account creato – { $site }
mail-notice-intro = qualcuno, probabilmente tu, ha appena chiesto un account Microsoft 365 con questo indirizzo. Ne esisteva già uno e i suoi dati sono stati cancellati qui su richiesta. Perché nessuno ottenga un secondo account, non è stato creato nulla e anche questa richiesta è stata cancellata.
mail-notice-ask = Se desideri di nuovo un account, scrivi a { $support }.

## L’email con il codice di conferma

mail-code-subject = { $code } è il tuo codice di conferma – { $site }
mail-code-subject-only = Il tuo codice di conferma – { $site }
mail-code-greeting = Ciao,
mail-code-who = { $name } chiede l’account { $username }. Se il nome utente è già in uso, aggiungeremo un numero.
mail-code-intro = Sei tu? Allora inserisci questo codice nella pagina che hai aperto:
mail-code = Codice di conferma
mail-code-link = Puoi anche aprire questo link e premere il pulsante che trovi lì:
mail-code-minutes =
    { $minutes ->
        [one] Il codice e il link valgono per un minuto.
       *[other] Il codice e il link valgono per { $minutes } minuti.
    }
mail-code-hours = Il codice e il link valgono per { $hours } ore.
mail-code-not-you = Se non sei tu, apri il link e rifiuta la richiesta, oppure ignora questa email. Senza la tua conferma non viene creato nulla.

## Tutte le email

# What stands before a value in a plain mail.
mail-label = { $label }:
mail-footer = Questa email è stata inviata automaticamente da { $site }. Domande: { $support }
mail-reference = Riferimento per l’assistenza: { $reference }

## The mail with a new password

mail-renewed-subject = La tua nuova password – { $site }
mail-renewed-intro = sulla pagina della tua richiesta è stata chiesta una nuova password per il tuo account Microsoft 365. Quella precedente non funziona più. Accedi con questa:
mail-renewed-not-you = La richiesta non è partita da te? Allora qualcun altro conosce l’indirizzo di quella pagina. Accedi subito, scegli una tua password e scrivi a { $support }.

## Mails to admins

mail-alert-attention-subject =
    { $count ->
        [one] Una richiesta ha bisogno di attenzione – { $site }
       *[other] { $count } richieste hanno bisogno di attenzione – { $site }
    }
mail-alert-attention-intro =
    { $count ->
        [one] Una richiesta è ferma finché qualcuno non ne elimina la causa. Il suo identificativo e il motivo:
       *[other] { $count } richieste sono ferme finché qualcuno non ne elimina la causa. I loro identificativi e i motivi:
    }
mail-alert-attention-show = Che cosa è successo a una di esse e che cosa fare:
mail-alert-attention-retry = Una volta eliminata la causa, questo comando le fa proseguire tutte:
mail-alert-more =
    { $count ->
        [one] E un’altra.
       *[other] E altre { $count }.
    }

mail-alert-seats-low-subject = Restano poche licenze – { $site }
mail-alert-seats-low-intro =
    { $count ->
        [one] Di queste licenze è libero meno di { $count } posto:
       *[other] Di queste licenze sono liberi meno di { $count } posti:
    }
mail-alert-seats-none-subject = Non resta nessuna licenza – { $site }
mail-alert-seats-none-intro = Tutti i posti di queste licenze sono occupati:
mail-alert-seats-none-queue = Le richieste vengono ancora accettate. Aspettano e proseguono da sole non appena si liberano dei posti.
mail-alert-seats-none-close = Le richieste che hanno bisogno di una di queste licenze non vengono accettate. Il modulo si riapre da solo non appena si liberano dei posti.
mail-alert-seats-line = { $tenant }: { $free } posti liberi su { $total } di { $product }
mail-alert-seats-unknown = { $tenant }: il tenant non ha posti per { $product }, oppure questa licenza non esiste. Correggi il profilo.
mail-alert-seats-buy = Acquista altri posti nell’interfaccia di amministrazione di Microsoft 365 oppure togli le licenze agli account che non ne hanno più bisogno.

mail-alert-certificate-subject = Un certificato deve essere rinnovato – { $site }
mail-alert-certificate-intro = Con questi certificati il servizio accede a Entra. Quando scade l’ultimo certificato valido di un tenant, non vi si possono più creare account.
mail-alert-certificate-ends = { $tenant }: { $thumbprint } scade il { $date }
mail-alert-certificate-ended = { $tenant }: { $thumbprint } è scaduto il { $date }
mail-alert-certificate-renew = Questo comando crea una nuova coppia e indica i passi successivi:

mail-alert-refused-subject = Microsoft rifiuta l’applicazione – { $site }
mail-alert-refused-intro = Questi tenant rifiutano l’applicazione, quindi non vi si possono creare account. Le richieste restano in attesa. Riprendono da sole appena l’applicazione viene di nuovo accettata.
mail-alert-refused-check = Questo comando mostra che cosa cambiare:
