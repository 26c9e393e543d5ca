## Wszędzie

language-name = Polski
language-switch = Język

page-skip = Przejdź do treści
page-title = { $title } – { $site }
page-title-error = Błąd: { $title }
page-help = Masz pytania? Napisz na adres { $support }.
page-home = Przejdź do formularza

## Formularz

form-title = Załóż swoje konto Microsoft 365
form-lead = Utworzymy Twoje konto i wyślemy hasło na Twój adres uczelniany, zwykle w ciągu minuty.
form-lead-confirm = Wyślemy kod na Twój adres uczelniany. Gdy go wpiszesz, utworzymy Twoje konto i wyślemy Ci hasło.
form-required = Wszystkie pola są wymagane.

form-section-name = Twoje imię i nazwisko
form-section-consent = Twoja zgoda

form-email = Uczelniany adres e‑mail
form-email-hint = Adres otrzymany od uczelni.
form-email-hint-example = Na przykład { $example }
form-first-name = Imię
form-last-name = Nazwisko
form-name-hint = Wpisz je tak, jak mają je widzieć inni w Microsoft 365, w dowolnym alfabecie.
form-one-name-twice = Jeśli masz tylko jedno imię lub nazwisko, wpisz je w obu polach.
form-one-name-once = Jeśli masz tylko jedno imię lub nazwisko, zostaw drugie pole puste.
form-consent-microsoft = Moje imię i nazwisko oraz moja nowa nazwa użytkownika mogą zostać przekazane firmie Microsoft w celu utworzenia konta.
form-consent-terms = Akceptuję warunki korzystania: konto służy do celów moich studiów, jest tylko moje, a jego hasło zachowam dla siebie.

form-submit = Utwórz moje konto
form-sending = Wysyłanie…

form-about = Warto wiedzieć
form-about-get = Co otrzymasz
form-about-get-text = Konto Microsoft 365 z licencjami i grupami, które Twoja uczelnia przewidziała dla osób studiujących.
form-about-sent = Co trafia do Microsoft
form-about-sent-text = Twoje imię i nazwisko, utworzona z nich nazwa użytkownika oraz dane, które Twoja uczelnia określa dla kont studenckich. Nikt inny niczego nie otrzymuje.
form-about-kept = Co zostaje u nas i na jak długo
form-kept-password = Twoje imię i nazwisko oraz hasło są usuwane, gdy tylko hasło zostanie wysłane.
form-kept-address = Twój adres i nazwa użytkownika są usuwane { $after }, licząc od ostatniej zmiany Twojego zgłoszenia.
form-kept-address-for-good = Twój adres i nazwa użytkownika pozostają, dopóki nie poprosisz o ich usunięcie, aby nikt nie mógł założyć drugiego konta na ten adres.
form-kept-code = Jeśli poprosisz o usunięcie swoich danych, pozostanie kod, z którego nikt nie odczyta adresu. Zostanie on usunięty { $after }.
form-kept-code-for-good = Jeśli poprosisz o usunięcie swoich danych, na stałe pozostanie kod, z którego nikt nie odczyta adresu.
form-kept-unconfirmed = Zgłoszenie, które nigdy nie zostanie potwierdzone, jest usuwane { $after }.
form-kept-unconfirmed-for-good = Zgłoszenie, które nigdy nie zostanie potwierdzone, pozostaje, dopóki nie poprosisz o jego usunięcie.
form-kept-further = Kolejne zgłoszenie dla adresu, który ma już konto, jest usuwane { $after }.
form-kept-further-for-good = Kolejne zgłoszenie dla adresu, który ma już konto, pozostaje, dopóki nie poprosisz o jego usunięcie.
form-kept-steps = Zapis tego, co zrobiono w sprawie Twojego zgłoszenia, bez imienia, nazwiska i adresu, jest usuwany { $after }.
form-kept-steps-for-good = Zapis tego, co zrobiono w sprawie Twojego zgłoszenia, bez imienia, nazwiska i adresu, pozostaje na stałe.
form-kept-years =
    { $years ->
        [one] po roku
        [few] po { $years } latach
       *[many] po { $years } latach
    }
form-kept-days =
    { $days ->
        [one] po jednym dniu
        [few] po { $days } dniach
       *[many] po { $days } dniach
    }
form-kept-hours =
    { $hours ->
        [one] po godzinie
        [few] po { $hours } godzinach
       *[many] po { $hours } godzinach
    }
form-about-ask = Kogo zapytać
form-about-ask-text = W razie pytań lub aby usunąć swoje dane, napisz na adres { $support }.

## Podczas wypełniania formularza

form-preview-blank = Twoja nazwa użytkownika powstanie z Twojego imienia i nazwiska.
form-preview = Twoja nazwa użytkownika to prawdopodobnie { $username }, być może z dodaną liczbą.
form-username-choice = Jaką nazwę użytkownika wybierasz?
form-username-choice-hint = Jeśli nazwa użytkownika jest zajęta, dodamy do niej liczbę.
form-trap = Zostaw to pole puste
form-noscript = W Twojej przeglądarce JavaScript jest wyłączony. Nic nie szkodzi: najpierw wyślemy Ci e‑mailem kod, który wpiszesz na następnej stronie.

## Strona stanu

status-title-confirm = Potwierdź swój adres
status-title-working = Twoje konto już powstaje
status-title-done = Twoje konto jest gotowe
status-title-attention = Musimy się temu przyjrzeć
status-title-erased = To zgłoszenie zostało usunięte
status-title-voided = To zgłoszenie jest zamknięte
status-title-gone = To konto już nie istnieje
status-title-undelivered = Wiadomość do nas wróciła

status-lead-confirm = Wysłaliśmy kod na adres { $email }.
status-lead-withheld = Na ten adres przyszło ostatnio kilka wiadomości, dlatego kolejna nie została jeszcze wysłana. Otwórz link w jednej z nich, być może w folderze ze spamem: pokazuje on wszystkie otwarte zgłoszenia dla tego adresu, także to.
status-demo-inbox = To wersja demonstracyjna: otwórz jej skrzynkę z wiadomościami
status-lead-working = Zwykle trwa to krócej niż minutę. Możesz zamknąć tę stronę: hasło i tak wyślemy na adres { $email }.
status-lead-waiting = To trwa dłużej niż zwykle. Możesz zamknąć tę stronę: hasło i tak wyślemy na adres { $email }.
status-lead-done = Wysłaliśmy hasło na adres { $email }.
status-lead-attention = Wystąpił problem, który musimy rozwiązać ręcznie. Twoje zgłoszenie jest bezpiecznie zapisane i nie musisz nic robić. Jeśli w ciągu dwóch dni roboczych nie otrzymasz żadnej wiadomości, napisz na adres { $support }.
status-lead-voided = Dla tego adresu potwierdzono inne zgłoszenie albo osoba, do której należy adres, odrzuciła to zgłoszenie. Podane dane zostały usunięte. Jeśli chcesz mieć konto, wypełnij formularz jeszcze raz.
status-lead-gone = Konto z tego zgłoszenia zostało usunięte z Microsoft 365. Jeśli nadal go potrzebujesz albo to Cię zaskoczyło, napisz na adres { $support }.
status-lead-undelivered = Nie udało się doręczyć naszej ostatniej wiadomości na adres { $email } i wróciła ona do nas. Jeśli pod tym adresem nie możesz odbierać poczty, napisz na adres { $support }.

status-wrong-address = Zły adres?
status-wrong-address-running = Konto dla tego adresu jest już tworzone. Możesz wysłać formularz jeszcze raz z właściwym adresem: potem napisz na adres { $support }, żebyśmy usunęli to konto.
status-lead-erased = Wszystkie dane tego zgłoszenia zostały usunięte. Jeśli znów chcesz mieć konto, napisz na adres { $support }.

status-steps = Kroki
status-step-confirm = Potwierdzenie adresu
status-step-create = Utworzenie konta
status-step-access = Przypisanie licencji i grup
status-step-mail = Wysłanie hasła
status-state-waiting = oczekuje
status-state-running = w toku
status-state-yours = Twoja kolej
status-state-done = gotowe
status-state-stuck = wstrzymane

status-wait-seats = W tej chwili wszystkie licencje są zajęte. Otrzymasz swoją, gdy tylko któraś się zwolni.
status-wait-throttled = Microsoft jest bardzo obciążony i prosi nas o wolniejsze tempo. Za chwilę wznowimy pracę automatycznie.
status-wait-tenant = Mamy teraz problemy z połączeniem z Microsoft. Próbujemy dalej.
status-wait-lag = Microsoft wciąż dodaje Twoje nowe konto na wszystkich swoich serwerach. Może to potrwać kilka minut.
status-wait-mail = Serwer poczty nie przyjmuje w tej chwili naszych wiadomości. Próbujemy dalej.
status-wait-earlier = Wcześniejsze zgłoszenia mają pierwszeństwo. Potem automatycznie przyjdzie kolej na Twoje.

status-username = Twoja nazwa użytkownika
status-sign-in = Strona logowania
status-sign-in-submit = Zaloguj się
status-sign-in-hint = Za pomocą nazwy użytkownika i hasła z wiadomości e‑mail. Potem ustawisz własne hasło.
sign-in-private = Korzystasz już z innego konta Microsoft, na przykład prywatnego? Otwórz stronę w oknie prywatnym.
sign-in-authenticator = Jeśli Microsoft poprosi o więcej informacji, skonfiguruj w telefonie aplikację Authenticator zgodnie ze wskazówkami na stronie.
status-no-mail = Wiadomość nie przyszła?
status-no-mail-text = Dostarczenie wiadomości może potrwać kilka minut. Zajrzyj też do folderu ze spamem. Jeśli nic nie przyjdzie, napisz na adres { $support }.
status-no-mail-sender = Nadawca: { $sender }.
status-address-note = Możesz wrócić na tę stronę z dowolnego urządzenia. Zachowaj jej adres dla siebie: kto go zna, widzi to samo co Ty.

## Potwierdzanie adresu

code-label = Kod z wiadomości e‑mail
code-hint = Sześć cyfr. Możesz też użyć linku z wiadomości.
code-hint-minutes =
    { $minutes ->
        [one] Sześć cyfr, ważnych jeszcze przez minutę. Możesz też użyć linku z wiadomości.
        [few] Sześć cyfr, ważnych jeszcze przez { $minutes } minuty. Możesz też użyć linku z wiadomości.
       *[many] Sześć cyfr, ważnych jeszcze przez { $minutes } minut. Możesz też użyć linku z wiadomości.
    }
code-hint-hours =
    { $hours ->
        [few] Sześć cyfr, ważnych jeszcze przez { $hours } godziny. Możesz też użyć linku z wiadomości.
       *[many] Sześć cyfr, ważnych jeszcze przez { $hours } godzin. Możesz też użyć linku z wiadomości.
    }
code-submit = Potwierdź
code-again = Wiadomość nie przyszła? Zajrzyj do folderu ze spamem albo poproś o ponowne wysłanie.
code-again-submit = Wyślij wiadomość jeszcze raz
code-sent = Nowa wiadomość jest w drodze. Liczy się tylko najnowszy kod.
code-too-often = Dla tego zgłoszenia wysłano już tyle kodów, że kolejnego nie będzie. Wypełnij formularz jeszcze raz później.
code-too-soon = Wiadomość została wysłana przed chwilą. Zaczekaj trochę, zanim poprosisz o następną.
code-withheld = Na ten adres przyszło ostatnio kilka wiadomości, dlatego nowa nie została wysłana. Ostatni kod i linki z wcześniejszych wiadomości zachowują ważność do swojego terminu.

link-title = Potwierdź swój adres
link-lead = Ktoś prosi o konto Microsoft 365 z Twoim adresem, pod tym imieniem i nazwiskiem. Czy to Ty? W takim razie potwierdź, a utworzymy konto.
link-submit = Tak, to ja
link-refuse-hint = To nie Ty? W takim razie odrzuć zgłoszenie: zostanie zamknięte i usunięte, a konto nie powstanie.
link-refuse = Nie, odrzuć
link-list-title = Które zgłoszenie jest Twoje?
link-list-lead = Dla Twojego adresu przyszło kilka zgłoszeń, być może od innych osób. Wybierz swoje: utworzymy dla niego konto, a pozostałe zamkniemy.
link-choose = To jest moje
link-refuse-all-hint = Żadne nie jest Twoje? W takim razie odrzuć: wszystkie zostaną zamknięte i usunięte, a konto nie powstanie.
link-refuse-all = Żadne nie jest moje, odrzuć wszystkie
link-asked = Przyjęto
link-refused-title = Żadne zgłoszenie nie jest otwarte
link-refused-text = Dla Twojego adresu nie ma już otwartych zgłoszeń: wszystkie odrzucono albo potwierdzono inne. Podane w nich dane zostały usunięte. Jeśli chcesz mieć konto, wypełnij formularz.

# Since when a request has been open.
age-minutes =
    { $minutes ->
        [one] minutę temu
        [few] { $minutes } minuty temu
       *[many] { $minutes } minut temu
    }
age-hours =
    { $hours ->
        [one] godzinę temu
        [few] { $hours } godziny temu
       *[many] { $hours } godzin temu
    }
age-days =
    { $days ->
        [one] wczoraj
        [few] { $days } dni temu
       *[many] { $days } dni temu
    }
link-gone-title = Ten link nie jest już ważny
link-gone-text = Być może jest za stary albo jego zgłoszenie zostało usunięte. Jeśli adres jest już potwierdzony, wszystko w porządku, a hasło przyjdzie e‑mailem. W przeciwnym razie użyj najnowszej wiadomości albo wypełnij formularz jeszcze raz.

## Following a signup: a further mail, the end of the page

status-title-renewing = Nowe hasło jest w drodze
status-lead-renewing = Ustawiamy je dla Twojego konta, a potem wyślemy na adres { $email }. Możesz zamknąć tę stronę.
status-step-reset = Ustawienie nowego hasła
status-username-soon = Twoja przyszła nazwa użytkownika
status-username-hint = Jeśli jest już zajęta, dodamy do niej liczbę.
status-renewed = Wysłano prośbę o nowe hasło. Gdy przyjdzie wiadomość z nim, poprzednie przestanie działać. Jeśli po dziesięciu minutach nic nie przyjdzie, napisz na adres { $support }.
status-forgotten = Udało Ci się już kiedyś zalogować, ale nie pamiętasz hasła? Wybierz „Nie pamiętam hasła” podczas logowania.
status-expires = Stronę można otwierać do { $date }
status-connection-lost = Połączenie zostało przerwane. Twoje zgłoszenie jest realizowane dalej, a ta strona próbuje połączyć się ponownie.

again-password-title = Poproś o nowe hasło
again-password = Nadal nic? Możemy ustawić nowe hasło i Ci je wysłać. Poprzednie przestanie wtedy działać.
again-password-submit = Wyślij nowe hasło
again-password-none = Z tej strony nie można już wysłać kolejnego hasła.
again-undelivered = Jeśli adres jest poprawny, poproś o wysłanie na niego nowej wiadomości.
again-left =
    { $left ->
        [one] Możesz o to poprosić jeszcze raz.
        [few] Możesz o to poprosić jeszcze { $left } razy.
       *[many] Możesz o to poprosić jeszcze { $left } razy.
    }
again-left-until =
    { $left ->
        [one] Możesz o to poprosić jeszcze raz, do { $date }
        [few] Możesz o to poprosić jeszcze { $left } razy, do { $date }
       *[many] Możesz o to poprosić jeszcze { $left } razy, do { $date }
    }
again-minutes =
    { $minutes ->
        [one] O następną wiadomość możesz poprosić za minutę.
        [few] O następną wiadomość możesz poprosić za { $minutes } minuty.
       *[many] O następną wiadomość możesz poprosić za { $minutes } minut.
    }
again-hours =
    { $hours ->
        [few] O następną wiadomość możesz poprosić za { $hours } godziny.
       *[many] O następną wiadomość możesz poprosić za { $hours } godzin.
    }

# A day, as it is written in a sentence.
page-date =
    { $day } { $month ->
        [1] stycznia
        [2] lutego
        [3] marca
        [4] kwietnia
        [5] maja
        [6] czerwca
        [7] lipca
        [8] sierpnia
        [9] września
        [10] października
        [11] listopada
       *[12] grudnia
    } { $year } r.

## At the foot of every page

page-imprint = Informacje prawne
page-privacy = Ochrona danych
page-terms = Warunki korzystania
page-accessibility = Dostępność

## When no licence is free

closed-title = Obecnie nie można zakładać kont
closed-lead = W tej chwili wszystkie licencje Microsoft 365 są zajęte, dlatego zgłoszenia są wstrzymane. Nic nie zostało zapisane.
closed-again = Gdy tylko zwolnią się licencje, formularz wróci pod ten adres: spróbuj ponownie jutro. Jeśli potrzebujesz konta wcześniej, napisz na adres { $support }.

closed-off-title = Zgłoszenia są wstrzymane
closed-off-lead = W tej chwili nie można składać wniosków o nowe konta. Nic nie zostało zapisane. Wcześniejsze zgłoszenia są realizowane dalej, a linki w ich wiadomościach działają.
closed-off-again = Formularz wróci pod ten adres: spróbuj ponownie później. Jeśli potrzebujesz konta wcześniej, napisz na adres { $support }.
