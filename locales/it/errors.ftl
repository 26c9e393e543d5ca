## Sopra un modulo che torna indietro

error-summary =
    { $count ->
        [one] C’è un problema
       *[other] Ci sono { $count } problemi
    }
error-prefix = Errore:
error-form-expired = Il modulo è rimasto aperto a lungo e abbiamo dovuto rinnovarlo. Quello che hai scritto è ancora qui: ricontrollalo e invialo di nuovo.
error-form-foreign = Non siamo riusciti a verificare che questo modulo provenga dal tuo browser. Consenti i cookie per questo sito, poi invia di nuovo il modulo. Quello che hai scritto è ancora qui.
error-not-recorded = In questo momento non siamo riusciti a registrare la tua richiesta. Quello che hai scritto è ancora qui: invialo di nuovo tra poco.
error-closed-kept = Nel frattempo le richieste sono state sospese, perciò la tua non è stata salvata. Ciò che hai scritto è ancora qui: invialo di nuovo più tardi.

## Sopra un modulo forse inviato da un programma

error-too-fast = È stato molto veloce, come se il modulo fosse stato compilato da un programma. Quello che hai scritto è ancora qui: invialo ancora una volta.
error-hidden-field = È stato compilato un campo che le persone non vedono, forse dal tuo browser. Ora è di nuovo vuoto. Tutto il resto è ancora qui: invialo ancora una volta.

## Accanto ai campi

error-email-empty = Inserisci il tuo indirizzo email universitario.
error-email-too-long = Inserisci un indirizzo di al massimo { $max } caratteri.
error-email-malformed = Inserisci un indirizzo come nome@example.edu.
error-email-unsafe = Usa un indirizzo che prima della @ contenga solo lettere, cifre e . _ - + ' e che non inizi con un trattino.
error-email-not-admitted = Questo indirizzo non si può usare qui. Inserisci quello che ti ha dato la tua università; se è proprio questo, scrivi a { $support }.
error-email-registered = Esiste già un account per questo indirizzo. Se non riesci più ad accedere, scrivi a { $support }.
error-first-name-empty = Inserisci il tuo nome.
error-first-name-too-long = Inserisci un nome di al massimo { $max } caratteri.
error-first-name-forbidden = Il nome contiene un carattere che non può far parte di un nome. Rimuovilo.
error-first-name-no-letter = Il nome deve contenere almeno una lettera.
error-last-name-empty = Inserisci il tuo cognome.
error-last-name-too-long = Inserisci un cognome di al massimo { $max } caratteri.
error-last-name-forbidden = Il cognome contiene un carattere che non può far parte di un nome. Rimuovilo.
error-last-name-no-letter = Il cognome deve contenere almeno una lettera.
error-name-one = { $field }: compila anche questo campo. Se hai un solo nome, scrivilo in entrambi i campi.
error-name-sign = { $field }: rimuovi i segni come = + @ : / \ | < > # e il trattino iniziale. Nessun nome li contiene.
error-name-digit = { $field }: rimuovi le cifre. Scrivi un numero in cifre romane, per esempio III, o come 2º.
error-name-web-address = { $field }: sembra un indirizzo web. Scrivi solo il tuo nome, con uno spazio dopo ogni punto.
error-name-word = { $field }: contiene una parola che qui non è ammessa nei nomi, perché fa pensare a un ufficio o a un’azienda. Scrivi solo il tuo nome oppure, se è proprio questo, scrivi a { $support }.
error-name-no-username = Da questo nome non si può ricavare un nome utente. Scrivilo in caratteri latini oppure contatta { $support }.
error-name-reserved = Il nome utente ricavato da questo nome è riservato. Scrivi a { $support }.
error-username-choose = Scegli uno dei nomi utente.
error-consent-microsoft = Seleziona questa casella: senza il tuo consenso non possiamo creare l’account presso Microsoft.
error-consent-terms = Seleziona questa casella: altrimenti non possiamo creare l’account.

error-code-malformed = Inserisci le sei cifre ricevute via email.
error-code-wrong =
    { $left ->
        [one] Il codice non è questo. Hai ancora un tentativo.
       *[other] Il codice non è questo. Hai ancora { $left } tentativi.
    }
error-code-too-many = Sono stati inseriti troppi codici sbagliati. Fattene inviare uno nuovo qui sotto.
error-code-expired = Questo codice è troppo vecchio. Fattene inviare uno nuovo qui sotto.

## Pagine a sé

error-reference = Riferimento:
error-reference-hint = Se scrivi a { $support }, indica questo riferimento: ci mostra che cosa è successo.

error-not-found-title = Questa pagina non esiste
error-not-found-text = Forse l’indirizzo è incompleto o contiene un errore di battitura. Se cercavi la tua richiesta, usa l’indirizzo intero oppure compila di nuovo il modulo: non verrà creato un secondo account.
error-method-title = Questa pagina non si può usare così
error-method-text = Apri il modulo e invialo da lì.
error-bad-request-title = Non siamo riusciti a leggere i dati inviati
error-bad-request-text = Qualcosa era incompleto o danneggiato. Apri il modulo e invialo di nuovo.
error-too-large-title = Sono stati inviati troppi dati
error-too-large-text = I dati inviati sono molti più di quanti ne possa contenere questo modulo. Apri il modulo e invialo di nuovo.
error-media-type-title = Non siamo riusciti a leggere i dati inviati
error-media-type-text = Qui si può inviare solo il modulo di questa pagina. Aprilo e invialo di nuovo.
error-cross-site-title = L’invio è partito da un’altra pagina
error-cross-site-text = Per la tua sicurezza accettiamo il modulo solo se viene inviato da questo sito. Aprilo qui e invialo di nuovo.
error-unavailable-title = Ci serve un momento
error-unavailable-text = In questo momento i nostri dati non sono raggiungibili. Nulla di quanto hai già inviato è andato perso: riprova tra un minuto.
error-internal-title = Qualcosa è andato storto
error-internal-text = L’errore è nostro ed è stato registrato. Riprova tra poco.

## Limiti

error-too-many-title = Troppi tentativi
error-too-many-text =
    { $minutes ->
        [one] Ci sono stati troppi tentativi in poco tempo, forse anche da altre persone che usano la tua stessa connessione. Riprova tra un minuto.
       *[other] Ci sono stati troppi tentativi in poco tempo, forse anche da altre persone che usano la tua stessa connessione. Riprova tra { $minutes } minuti.
    }
error-too-many-kept =
    { $minutes ->
        [one] Sono arrivate troppe richieste in poco tempo, forse anche da altre persone che usano la tua stessa connessione. Quello che hai scritto è ancora qui: invialo di nuovo tra un minuto.
       *[other] Sono arrivate troppe richieste in poco tempo, forse anche da altre persone che usano la tua stessa connessione. Quello che hai scritto è ancora qui: invialo di nuovo tra { $minutes } minuti.
    }
