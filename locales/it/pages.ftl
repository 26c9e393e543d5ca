## Ovunque

language-name = Italiano
language-switch = Lingua

page-skip = Vai al contenuto
page-title = { $title } – { $site }
page-title-error = Errore: { $title }
page-help = Hai domande? Scrivi a { $support }.
page-home = Vai al modulo

## Il modulo

form-title = Richiedi il tuo account Microsoft 365
form-lead = Creiamo il tuo account e inviamo la password al tuo indirizzo universitario, di solito entro un minuto.
form-lead-confirm = Inviamo un codice al tuo indirizzo universitario. Quando l’hai inserito, creiamo il tuo account e ti inviamo la password.
form-required = Tutti i campi sono obbligatori.

form-section-name = Il tuo nome
form-section-consent = Il tuo consenso

form-email = Indirizzo email universitario
form-email-hint = L’indirizzo che ti ha dato la tua università.
form-email-hint-example = Ad esempio { $example }
form-first-name = Nome
form-last-name = Cognome
form-name-hint = Scrivilo come gli altri dovranno vederlo in Microsoft 365, in qualsiasi alfabeto.
form-one-name-twice = Se hai un solo nome, scrivilo in entrambi i campi.
form-one-name-once = Se hai un solo nome, lascia vuoto l’altro campo.
form-consent-microsoft = Il mio nome e il mio nuovo nome utente possono essere inviati a Microsoft per creare l’account.
form-consent-terms = Accetto le condizioni d’uso: l’account serve ai miei studi, è soltanto mio e tengo per me la sua password.

form-submit = Crea il mio account
form-sending = Invio in corso…

form-about = Buono a sapersi
form-about-get = Che cosa ottieni
form-about-get-text = Un account Microsoft 365 con le licenze e i gruppi che la tua università ha scelto per chi vi studia.
form-about-sent = Che cosa viene inviato a Microsoft
form-about-sent-text = Il tuo nome, il nome utente che ne viene ricavato e i dati che la tua università stabilisce per gli account studente. A nessun altro viene inviato nulla.
form-about-kept = Che cosa viene conservato qui, e per quanto tempo
form-kept-password = Il tuo nome e la password vengono cancellati non appena la password è stata inviata.
form-kept-address = Il tuo indirizzo e il tuo nome utente vengono cancellati { $after }, a partire dall’ultima modifica della tua richiesta.
form-kept-address-for-good = Il tuo indirizzo e il tuo nome utente rimangono finché non li fai cancellare, perché nessuno possa ottenere un secondo account con lo stesso indirizzo.
form-kept-code = Se fai cancellare i tuoi dati, resta un codice dal quale nessuno può leggere l’indirizzo. Viene cancellato { $after }.
form-kept-code-for-good = Se fai cancellare i tuoi dati, resta in modo permanente un codice dal quale nessuno può leggere l’indirizzo.
form-kept-unconfirmed = Una richiesta mai confermata viene cancellata { $after }.
form-kept-unconfirmed-for-good = Una richiesta mai confermata rimane finché non la fai cancellare.
form-kept-further = Un’altra richiesta per un indirizzo che ha già un account viene cancellata { $after }.
form-kept-further-for-good = Un’altra richiesta per un indirizzo che ha già un account rimane finché non la fai cancellare.
form-kept-steps = La registrazione di ciò che è stato fatto per la tua richiesta, senza nome e indirizzo, viene cancellata { $after }.
form-kept-steps-for-good = La registrazione di ciò che è stato fatto per la tua richiesta, senza nome e indirizzo, rimane in modo permanente.
form-kept-years =
    { $years ->
        [one] dopo un anno
       *[other] dopo { $years } anni
    }
form-kept-days =
    { $days ->
        [one] dopo un giorno
       *[other] dopo { $days } giorni
    }
form-kept-hours =
    { $hours ->
        [one] dopo un’ora
       *[other] dopo { $hours } ore
    }
form-about-ask = A chi rivolgersi
form-about-ask-text = Per domande, o per far cancellare i tuoi dati, scrivi a { $support }.

## Mentre si compila il modulo

form-preview-blank = Dal tuo nome ricaviamo il tuo nome utente.
form-preview = Il tuo nome utente sarà probabilmente { $username }, forse con un numero.
form-username-choice = Quale nome utente vuoi?
form-username-choice-hint = Se il nome utente è già preso, viene aggiunto un numero.
form-trap = Lascia vuoto questo campo
form-noscript = Nel tuo browser JavaScript è disattivato. Non importa: prima ti inviamo via email un codice, da inserire nella pagina successiva.

## La pagina di stato

status-title-confirm = Conferma il tuo indirizzo
status-title-working = Stiamo preparando il tuo account
status-title-done = Il tuo account è pronto
status-title-attention = Serve un nostro controllo
status-title-erased = Questa richiesta è stata eliminata
status-title-voided = Questa richiesta è chiusa
status-title-gone = Questo account non esiste più
status-title-undelivered = L’email è tornata indietro

status-lead-confirm = Abbiamo inviato un codice a { $email }.
status-lead-withheld = Questo indirizzo ha ricevuto diverse email di recente, perciò non ne abbiamo ancora inviata un’altra. Apri il link in una di esse, forse è nella cartella dello spam: mostra tutte le richieste aperte per l’indirizzo, anche questa.
status-demo-inbox = Questa è una demo: apri la sua casella di posta con le email
status-lead-working = Di solito ci vuole meno di un minuto. Puoi chiudere questa pagina: la password verrà comunque inviata a { $email }.
status-lead-waiting = Ci vuole più tempo del solito. Puoi chiudere questa pagina: la password verrà comunque inviata a { $email }.
status-lead-done = Abbiamo inviato la password a { $email }.
status-lead-attention = C’è un problema che dobbiamo risolvere a mano. La tua richiesta è al sicuro e non devi fare nulla. Se entro due giorni lavorativi non ricevi notizie, scrivi a { $support }.
status-lead-voided = È stata confermata un’altra richiesta per questo indirizzo, oppure la persona a cui appartiene ha rifiutato questa. I dati inseriti sono stati cancellati. Se desideri un account, compila di nuovo il modulo.
status-lead-gone = L’account di questa richiesta è stato eliminato da Microsoft 365. Se te ne serve ancora uno o non te lo aspettavi, scrivi a { $support }.
status-lead-undelivered = La nostra ultima email a { $email } non è stata recapitata ed è tornata indietro. Se non puoi ricevere email a questo indirizzo, scrivi a { $support }.

status-wrong-address = Indirizzo sbagliato?
status-wrong-address-running = L’account per questo indirizzo è già in fase di creazione. Puoi inviare di nuovo il modulo con l’indirizzo giusto: poi scrivi a { $support } perché rimuoviamo questo.
status-lead-erased = Tutti i dati di questa richiesta sono stati cancellati. Se desideri di nuovo un account, scrivi a { $support }.

status-steps = Passaggi
status-step-confirm = Confermare l’indirizzo
status-step-create = Creare l’account
status-step-access = Assegnare licenze e gruppi
status-step-mail = Inviare la password
status-state-waiting = in attesa
status-state-running = in corso
status-state-yours = tocca a te
status-state-done = fatto
status-state-stuck = bloccato

status-wait-seats = Al momento tutte le licenze sono in uso. Riceverai la tua non appena se ne libererà una.
status-wait-throttled = I server di Microsoft sono molto carichi e ci viene chiesto di rallentare. Proseguiremo in automatico.
status-wait-tenant = Al momento abbiamo problemi di collegamento con Microsoft. Continuiamo a provare.
status-wait-lag = Microsoft sta ancora registrando il tuo nuovo account su tutti i suoi server. Può volerci qualche minuto.
status-wait-mail = Al momento il server di posta non accetta le nostre email. Continuiamo a provare.
status-wait-earlier = Le richieste precedenti hanno la precedenza. La tua seguirà da sola.

status-username = Il tuo nome utente
status-sign-in = Pagina di accesso
status-sign-in-submit = Accedi
status-sign-in-hint = Con il nome utente e la password dell’email. Poi sceglierai una tua password.
sign-in-private = Hai già effettuato l’accesso a Microsoft con un altro account, per esempio personale? Allora apri la pagina in una finestra privata.
sign-in-authenticator = Se Microsoft chiede altre informazioni, configura l’app Authenticator sul telefono come mostra la pagina.
status-no-mail = Nessuna email?
status-no-mail-text = Un’email può impiegare qualche minuto. Guarda anche nella posta indesiderata. Se non arriva nulla, scrivi a { $support }.
status-no-mail-sender = Il mittente è { $sender }.
status-address-note = Puoi tornare a questa pagina da qualsiasi dispositivo. Tieni per te il suo indirizzo: chi lo conosce vede ciò che vedi qui.

## La conferma dell’indirizzo

code-label = Codice ricevuto via email
code-hint = Sei cifre. Puoi anche usare il link nell’email.
code-hint-minutes =
    { $minutes ->
        [one] Sei cifre, valide ancora per un minuto. Puoi anche usare il link nell’email.
       *[other] Sei cifre, valide ancora per { $minutes } minuti. Puoi anche usare il link nell’email.
    }
code-hint-hours = Sei cifre, valide ancora per { $hours } ore. Puoi anche usare il link nell’email.
code-submit = Conferma
code-again = Nessuna email? Guarda nella posta indesiderata oppure fattela inviare di nuovo.
code-again-submit = Invia di nuovo l’email
code-sent = Una nuova email è in arrivo. Vale solo il codice più recente.
code-too-often = Per questa richiesta sono stati inviati così tanti codici che non ne verranno inviati altri. Compila di nuovo il modulo più tardi.
code-too-soon = Ti abbiamo appena inviato un’email. Aspetta un po’ prima di chiederne un’altra.
code-withheld = Questo indirizzo ha ricevuto diverse email di recente, perciò non ne è stata inviata una nuova. L’ultimo codice e i link nelle email precedenti restano validi fino alla loro scadenza.

link-title = Conferma il tuo indirizzo
link-lead = Qualcuno chiede un account Microsoft 365 con il tuo indirizzo, con questo nome. Sei tu? Allora conferma e creeremo l’account.
link-submit = Sì, sono io
link-refuse-hint = Non sei tu? Allora rifiuta: la richiesta viene chiusa e cancellata, e non viene creato nessun account.
link-refuse = No, rifiuta
link-list-title = Qual è la tua richiesta?
link-list-lead = Per il tuo indirizzo sono arrivate più richieste, forse da altre persone. Scegli la tua: creeremo l’account per quella e chiuderemo le altre.
link-choose = Questa è la mia
link-refuse-all-hint = Nessuna è tua? Allora rifiuta: vengono tutte chiuse e cancellate, e non viene creato nessun account.
link-refuse-all = Nessuna è mia, rifiuta tutte
link-asked = Ricevuta
link-refused-title = Nessuna richiesta è aperta
link-refused-text = Per il tuo indirizzo non c’è più nessuna richiesta aperta: sono state tutte rifiutate, oppure ne è stata confermata un’altra. I dati inseriti sono stati cancellati. Se desideri un account, compila il modulo.

# Since when a request has been open.
age-minutes =
    { $minutes ->
        [one] un minuto fa
       *[other] { $minutes } minuti fa
    }
age-hours =
    { $hours ->
        [one] un’ora fa
       *[other] { $hours } ore fa
    }
age-days =
    { $days ->
        [one] un giorno fa
       *[other] { $days } giorni fa
    }
link-gone-title = Questo link non è più valido
link-gone-text = Forse è troppo vecchio, o la sua richiesta è stata cancellata. Se hai già confermato il tuo indirizzo, va tutto bene e la password arriverà via email. Altrimenti usa l’email più recente oppure compila di nuovo il modulo.

## Following a signup: a further mail, the end of the page

status-title-renewing = Una nuova password è in arrivo
status-lead-renewing = La stiamo impostando per il tuo account e poi la invieremo a { $email }. Puoi chiudere questa pagina.
status-step-reset = Impostare la nuova password
status-username-soon = Il tuo nome utente sarà
status-username-hint = Se è già in uso, aggiungeremo un numero.
status-renewed = Hai chiesto una nuova password. Quando arriva l’email che la contiene, quella precedente non funziona più. Se dopo dieci minuti non è arrivato nulla, scrivi a { $support }.
status-forgotten = Hai già usato l’account e non ricordi più la password? Scegli «Password dimenticata» quando accedi.
status-expires = La pagina si può aprire fino al giorno { $date }.
status-connection-lost = La connessione si è interrotta. La tua richiesta va avanti comunque, e questa pagina prova a ricollegarsi.

again-password-title = Ricevere una nuova password
again-password = Ancora nulla? Possiamo impostare una nuova password e inviartela via email. Quella precedente non funzionerà più.
again-password-submit = Invia una nuova password
again-password-none = Da questa pagina non è possibile inviare altre password.
again-undelivered = Se l’indirizzo è giusto, fatti inviare lì una nuova email.
again-left =
    { $left ->
        [one] Puoi farlo ancora una volta.
       *[other] Puoi farlo ancora { $left } volte.
    }
again-left-until =
    { $left ->
        [one] Puoi farlo ancora una volta, fino al giorno { $date }.
       *[other] Puoi farlo ancora { $left } volte, fino al giorno { $date }.
    }
again-minutes =
    { $minutes ->
        [one] Potrai chiedere la prossima email tra un minuto.
       *[other] Potrai chiedere la prossima email tra { $minutes } minuti.
    }
again-hours = Potrai chiedere la prossima email tra { $hours } ore.

# A day, as it is written in a sentence.
page-date =
    { $day ->
        [1] 1º
       *[other] { $day }
    } { $month ->
        [1] gennaio
        [2] febbraio
        [3] marzo
        [4] aprile
        [5] maggio
        [6] giugno
        [7] luglio
        [8] agosto
        [9] settembre
        [10] ottobre
        [11] novembre
       *[12] dicembre
    } { $year }

## At the foot of every page

page-imprint = Note legali
page-privacy = Protezione dei dati
page-terms = Condizioni d’uso
page-accessibility = Accessibilità

## When no licence is free

closed-title = Al momento non è possibile creare account
closed-lead = Tutte le licenze di Microsoft 365 sono in uso, perciò le richieste sono sospese. Non è stato salvato nulla.
closed-again = Non appena ci saranno di nuovo licenze libere, il modulo tornerà a questo indirizzo: riprova domani. Se ti serve un account prima, scrivi a { $support }.

closed-off-title = Le richieste sono sospese
closed-off-lead = Al momento non è possibile chiedere nuovi account. Non è stato salvato nulla. Le richieste già fatte proseguono e i link nelle loro email funzionano.
closed-off-again = Il modulo tornerà a questo indirizzo: riprova più tardi. Se ti serve un account prima, scrivi a { $support }.
