## Ovunque

language-name = Italiano
language-switch = Lingua

page-skip = Vai al contenuto
page-title = { $title } – { $site }
page-title-error = Errore: { $title }
page-help = Domande? Scrivi a { $support }.
page-home = Vai al modulo

## Il modulo

form-title = Richiedi il tuo account Microsoft 365
form-lead = Compila questo breve modulo. Creiamo subito il tuo account e ti inviamo la password via email, di solito entro un minuto.
form-lead-confirm = Compila questo breve modulo e conferma il tuo indirizzo con il codice che ti inviamo via email. Poi creiamo il tuo account e ti inviamo la password, di solito entro un minuto.
form-required = Tutti i campi sono necessari.

form-section-address = Il tuo indirizzo universitario
form-section-name = Il tuo nome
form-section-consent = Il tuo consenso

form-email = Indirizzo email
form-email-hint = L’indirizzo che ti ha dato la tua università. È lì che inviamo la password.
form-email-hint-example = L’indirizzo che ti ha dato la tua università, ad esempio { $example }. È lì che inviamo la password.
form-first-name = Nome
form-last-name = Cognome
form-name-hint = Scrivilo come gli altri dovranno vederlo in Microsoft 365, in qualsiasi scrittura. Da qui viene ricavato il tuo nome utente.
form-consent-microsoft = Il mio nome e il mio nuovo nome utente possono essere inviati a Microsoft per creare l’account.
form-consent-terms = Accetto le condizioni d’uso: l’account serve ai miei studi, è soltanto mio e tengo per me la sua password.

form-submit = Crea il mio account
form-sending = Invio in corso…

form-about = Buono a sapersi
form-about-get = Che cosa ottieni
form-about-get-text = Un account Microsoft 365 con le licenze e i gruppi che la tua università ha scelto per chi vi studia.
form-about-sent = Che cosa viene inviato a Microsoft
form-about-sent-text = Il tuo nome, il nome utente che ne viene ricavato e i dati che la tua università stabilisce per gli account studente. Nulla va a nessun altro.
form-about-kept = Che cosa viene conservato qui, e per quanto tempo
form-about-kept-text = Il tuo nome e la password vengono cancellati da qui non appena la password è stata inviata. Il tuo indirizzo rimane finché non lo fai cancellare, perché nessuno possa ottenere un secondo account con lo stesso indirizzo.
form-about-ask = A chi rivolgersi
form-about-ask-text = Per domande, o per far cancellare i tuoi dati, scrivi a { $support }.

## Mentre si compila il modulo

form-preview = Il tuo nome utente sarà probabilmente { $username }, forse con un numero.
form-trap = Lascia vuoto questo campo
form-noscript = Nel tuo browser JavaScript è disattivato. Non importa: prima ti inviamo via email un codice, da inserire nella pagina successiva.

## La pagina di stato

status-title-confirm = Conferma il tuo indirizzo
status-title-working = Il tuo account è in arrivo
status-title-done = Il tuo account è pronto
status-title-attention = Qualcuno deve darci un’occhiata
status-title-erased = Questa richiesta è stata eliminata

status-lead-confirm = Ti abbiamo inviato un codice via email.
status-lead-confirm-to = Abbiamo inviato un codice a { $email }.
status-lead-working = Di solito ci vuole meno di un minuto. Puoi chiudere questa pagina: la password ti arriverà comunque via email.
status-lead-working-to = Di solito ci vuole meno di un minuto. Puoi chiudere questa pagina: la password verrà comunque inviata a { $email }.
status-lead-waiting = Ci vuole più tempo del solito. Puoi chiudere questa pagina: la password ti arriverà comunque via email.
status-lead-waiting-to = Ci vuole più tempo del solito. Puoi chiudere questa pagina: la password verrà comunque inviata a { $email }.
status-lead-done = Ti abbiamo inviato la password via email.
status-lead-done-to = Abbiamo inviato la password a { $email }.
status-lead-attention = C’è un ostacolo che non possiamo superare senza l’intervento di una persona. La tua richiesta è al sicuro e non devi fare nulla. Se entro due giorni lavorativi non ricevi notizie, scrivi a { $support }.
status-lead-erased = Tutti i dati di questa richiesta sono stati cancellati. Se desideri un account, compila di nuovo il modulo.

status-steps = Passaggi
status-step-confirm = Confermare l’indirizzo
status-step-create = Creare l’account
status-step-access = Assegnare licenze e gruppi
status-step-mail = Inviare la password
status-state-waiting = in attesa
status-state-running = in corso
status-state-done = fatto
status-state-stuck = bloccato

status-wait-seats = Al momento tutte le licenze sono in uso. La tua verrà assegnata non appena se ne libera una.
status-wait-throttled = I server di Microsoft sono molto carichi e ci viene chiesto di rallentare. Proseguiremo in automatico.
status-wait-tenant = Al momento Microsoft non è raggiungibile come dovrebbe. Continuiamo a provare.
status-wait-lag = Microsoft sta ancora registrando il tuo nuovo account su tutti i suoi server. Può volerci qualche minuto.
status-wait-mail = Al momento il server di posta non accetta le nostre email. Continuiamo a provare.
status-wait-earlier = Le richieste precedenti hanno la precedenza. La tua seguirà da sola.

status-username = Il tuo nome utente
status-sign-in = Accedi su
status-sign-in-hint = Con il nome utente e la password dell’email. Poi sceglierai una password tua.
status-no-mail = Nessuna email?
status-no-mail-text = Un’email può impiegare qualche minuto. Guarda anche nella posta indesiderata. Se non arriva nulla, scrivi a { $support }.
status-address-note = Puoi tornare a questa pagina da qualsiasi dispositivo. Tieni per te il suo indirizzo: chi lo possiede vede ciò che vedi qui.

## La conferma dell’indirizzo

code-label = Codice ricevuto via email
code-hint = Sei cifre. Il link nell’email ha lo stesso effetto.
code-hint-minutes =
    { $minutes ->
        [one] Sei cifre, valide ancora per un minuto. Il link nell’email ha lo stesso effetto.
       *[other] Sei cifre, valide ancora per { $minutes } minuti. Il link nell’email ha lo stesso effetto.
    }
code-hint-hours =
    { $hours ->
        [one] Sei cifre, valide ancora per un’ora. Il link nell’email ha lo stesso effetto.
       *[other] Sei cifre, valide ancora per { $hours } ore. Il link nell’email ha lo stesso effetto.
    }
code-submit = Conferma
code-again = Nessuna email? Guarda nella posta indesiderata oppure fattela inviare di nuovo.
code-again-submit = Invia di nuovo l’email
code-sent = Una nuova email è in arrivo. Vale solo il codice più recente.
code-too-often = Per questa richiesta sono stati inviati così tanti codici che non ne verranno inviati altri. Compila di nuovo il modulo più tardi.
code-too-soon = Ti abbiamo appena inviato un’email. Aspetta un po’ prima di chiederne un’altra.

link-title = Conferma il tuo indirizzo
link-lead = Manca un clic: conferma che questo indirizzo è tuo. Poi creeremo il tuo account.
link-submit = Sì, questo indirizzo è mio
link-gone-title = Questo link non è più valido
link-gone-text = Forse è troppo vecchio, o un’email più recente lo ha sostituito. Se hai già confermato, va tutto bene e la password arriverà via email. Altrimenti usa l’email più recente oppure compila di nuovo il modulo.

## Following a signup: a further mail, the end of the page

status-title-renewing = Una nuova password è in arrivo
status-lead-renewing = Viene impostata per il tuo account e poi inviata per email. Puoi chiudere questa pagina.
status-lead-renewing-to = Viene impostata per il tuo account e poi inviata a { $email }. Puoi chiudere questa pagina.
status-step-reset = Impostare la nuova password
status-username-soon = Il tuo nome utente sarà
status-username-hint = Se è già di qualcun altro, avrà un numero.
status-renewed = Hai chiesto una nuova password. Quando arriva l’email che la contiene, quella precedente non vale più. Se dopo dieci minuti non è arrivato nulla, scrivi a { $support }.
status-forgotten = Hai già usato l’account e non ricordi più la password? Scegli «Password dimenticata» quando accedi.
status-expires = Si può aprire fino al giorno { $date }.
status-connection-lost = La connessione si è interrotta. La tua richiesta va avanti comunque, e questa pagina continua a cercare di raggiungerla.

again-password = Ancora nulla? Puoi far impostare una nuova password e riceverla per email. Quella precedente non varrà più.
again-password-submit = Invia una nuova password
again-password-none = Da questa pagina non vengono inviate altre password.
again-left =
    { $left ->
        [one] Puoi chiederlo ancora una volta.
       *[other] Puoi chiederlo ancora { $left } volte.
    }
again-left-until =
    { $left ->
        [one] Puoi chiederlo ancora una volta, fino al giorno { $date }.
       *[other] Puoi chiederlo ancora { $left } volte, fino al giorno { $date }.
    }
again-minutes =
    { $minutes ->
        [one] Potrai chiedere la prossima email tra un minuto.
       *[other] Potrai chiedere la prossima email tra { $minutes } minuti.
    }

# A day, as it is written in a sentence.
page-date =
    { $day ->
        [1] 1º
       *[other] { $day }
    } { $month ->
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
