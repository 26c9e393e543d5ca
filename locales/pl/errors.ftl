## Nad formularzem, który wraca

error-summary =
    { $count ->
        [one] Wystąpił problem
        [few] Wystąpiły { $count } problemy
       *[many] Wystąpiło { $count } problemów
    }
error-prefix = Błąd:
error-form-expired = Formularz był długo otwarty i trzeba było go odnowić. Wpisane dane nadal tu są: sprawdź je i wyślij jeszcze raz.
error-form-foreign = Nie udało się sprawdzić, czy ten formularz pochodzi z Twojej przeglądarki. Zezwól tej witrynie na pliki cookie i wyślij formularz jeszcze raz. Wpisane dane nadal tu są.
error-not-recorded = Nie udało się teraz zapisać Twojego zgłoszenia. Wpisane dane nadal tu są: wyślij je jeszcze raz za chwilę.
error-closed-kept = W międzyczasie zgłoszenia zostały wstrzymane, dlatego Twoje zgłoszenie nie zostało zapisane. Wpisane dane nadal tu są: wyślij je ponownie później.

## Nad formularzem, który mógł wysłać program

error-too-fast = Poszło bardzo szybko, jakby formularz wypełnił program. Wpisane dane nadal tu są: wyślij je jeszcze raz.
error-hidden-field = Wypełnione zostało pole, którego ludzie nie widzą, być może przez przeglądarkę. Pole jest znów puste. Pozostałe wpisane dane nadal tu są: wyślij je jeszcze raz.

## Przy polach

error-email-empty = Podaj swój uczelniany adres e‑mail.
error-email-too-long = Podaj adres o długości do { $max } znaków.
error-email-malformed = Podaj adres taki jak nazwa@example.edu.
error-email-unsafe = Użyj adresu, który przed znakiem @ zawiera tylko litery, cyfry i . _ - + ' oraz nie zaczyna się od łącznika.
error-email-not-admitted = Tego adresu nie można tu użyć. Podaj adres otrzymany od uczelni, a jeśli to właśnie on, napisz na adres { $support }.
error-email-registered = Dla tego adresu istnieje już konto. Jeśli nie możesz się zalogować, napisz na adres { $support }.
error-first-name-empty = Podaj swoje imię.
error-first-name-too-long = Podaj imię o długości do { $max } znaków.
error-first-name-forbidden = Imię zawiera znak, który nie może być częścią imienia ani nazwiska. Usuń go.
error-first-name-no-letter = Imię musi zawierać co najmniej jedną literę.
error-last-name-empty = Podaj swoje nazwisko.
error-last-name-too-long = Podaj nazwisko o długości do { $max } znaków.
error-last-name-forbidden = Nazwisko zawiera znak, który nie może być częścią imienia ani nazwiska. Usuń go.
error-last-name-no-letter = Nazwisko musi zawierać co najmniej jedną literę.
error-name-one = { $field }: wypełnij także to pole. Jeśli masz tylko jedno imię lub nazwisko, wpisz je w obu polach.
error-name-sign = { $field }: usuń znaki takie jak = + @ : / \ | < > # oraz łącznik na początku. Nie występują one w imionach ani nazwiskach.
error-name-digit = { $field }: usuń cyfry. Liczbę zapisz cyframi rzymskimi, na przykład III, albo jako 2nd.
error-name-web-address = { $field }: to wygląda jak adres strony internetowej. Wpisz tylko swoje imię lub nazwisko, ze spacją po każdej kropce.
error-name-word = { $field }: jest tu słowo, które nie jest dozwolone w imionach i nazwiskach, bo sugeruje urząd lub firmę. Wpisz tylko własne dane, a jeśli naprawdę tak brzmią, napisz na adres { $support }.
error-name-no-username = Z tego imienia i nazwiska nie da się utworzyć nazwy użytkownika. Wpisz je literami łacińskimi albo napisz na adres { $support }.
error-name-reserved = Nazwa użytkownika utworzona z tego imienia i nazwiska jest zastrzeżona. Napisz na adres { $support }.
error-username-choose = Wybierz jedną z nazw użytkownika.
error-consent-microsoft = Zaznacz to pole: bez Twojej zgody nie możemy utworzyć konta w Microsoft.
error-consent-terms = Zaznacz to pole: bez tego nie możemy utworzyć konta.

error-code-malformed = Wpisz sześć cyfr z wiadomości e‑mail.
error-code-wrong =
    { $left ->
        [one] To nie ten kod. Masz jeszcze jedną próbę.
        [few] To nie ten kod. Masz jeszcze { $left } próby.
       *[many] To nie ten kod. Masz jeszcze { $left } prób.
    }
error-code-too-many = Zbyt wiele razy podano błędny kod. Poniżej możesz poprosić o nowy.
error-code-expired = Ten kod jest za stary. Poniżej możesz poprosić o nowy.

## Osobne strony

error-reference = Identyfikator błędu:
error-reference-hint = Pisząc na adres { $support }, podaj ten identyfikator: pokaże nam, co się stało.

error-not-found-title = Nie ma takiej strony
error-not-found-text = Adres może być ucięty albo błędnie wpisany. Jeśli chcesz zobaczyć swoje zgłoszenie, użyj całego adresu albo wypełnij formularz jeszcze raz: drugie konto nie powstanie.
error-method-title = Tej strony nie można użyć w ten sposób
error-method-text = Otwórz formularz i wyślij go stamtąd.
error-bad-request-title = Nie udało się odczytać przesłanych danych
error-bad-request-text = Coś było niekompletne lub uszkodzone. Otwórz formularz i wyślij go jeszcze raz.
error-too-large-title = Przesłano za dużo danych
error-too-large-text = Przesłane dane są znacznie większe, niż może być ten formularz. Otwórz formularz i wyślij go jeszcze raz.
error-media-type-title = Nie udało się odczytać przesłanych danych
error-media-type-text = Tutaj można wysłać tylko formularz z tej strony. Otwórz go i wyślij jeszcze raz.
error-cross-site-title = Formularz wysłano z innej strony
error-cross-site-text = Dla Twojego bezpieczeństwa przyjmujemy formularz tylko wtedy, gdy jest wysyłany z tej witryny. Otwórz go tutaj i wyślij jeszcze raz.
error-unavailable-title = Potrzebujemy chwili
error-unavailable-text = Nasze dane są w tej chwili niedostępne. Nic, co zostało wcześniej wysłane, nie przepadło: spróbuj ponownie za minutę.
error-internal-title = Coś poszło nie tak
error-internal-text = Błąd leży po naszej stronie i został odnotowany. Spróbuj ponownie za chwilę.

## Limity

error-too-many-title = Zbyt wiele prób
error-too-many-text =
    { $minutes ->
        [one] W krótkim czasie było zbyt wiele prób, być może także ze strony innych osób, które korzystają z tego samego łącza. Spróbuj ponownie za minutę.
        [few] W krótkim czasie było zbyt wiele prób, być może także ze strony innych osób, które korzystają z tego samego łącza. Spróbuj ponownie za { $minutes } minuty.
       *[many] W krótkim czasie było zbyt wiele prób, być może także ze strony innych osób, które korzystają z tego samego łącza. Spróbuj ponownie za { $minutes } minut.
    }
error-too-many-kept =
    { $minutes ->
        [one] W krótkim czasie nadeszło zbyt wiele zgłoszeń, być może także od innych osób, które korzystają z tego samego łącza. Wpisane dane nadal tu są: wyślij je jeszcze raz za minutę.
        [few] W krótkim czasie nadeszło zbyt wiele zgłoszeń, być może także od innych osób, które korzystają z tego samego łącza. Wpisane dane nadal tu są: wyślij je jeszcze raz za { $minutes } minuty.
       *[many] W krótkim czasie nadeszło zbyt wiele zgłoszeń, być może także od innych osób, które korzystają z tego samego łącza. Wpisane dane nadal tu są: wyślij je jeszcze raz za { $minutes } minut.
    }
