# Wiadomości. Bez znaczników: są w szablonach w templates/mail.

mail-greeting = Cześć, { $name },

## Wiadomość z hasłem

mail-password-subject = Twoje konto Microsoft 365 – { $site }
mail-password-intro = Twoje konto Microsoft 365 jest gotowe. Oto, czego potrzebujesz do pierwszego logowania:
mail-username = Nazwa użytkownika
mail-password = Hasło
mail-password-hint = Hasło składa się tylko z liter i cyfr. Aby nic się nie pomyliło, nie ma w nim liter O, o, l, I, B, S i Z ani cyfr 0 i 1.
mail-steps-title = Jak się zalogować
mail-step-open = Otwórz tę stronę:
mail-step-sign-in = Zaloguj się za pomocą powyższej nazwy użytkownika i hasła. Nazwa użytkownika to nie Twój adres uczelniany.
mail-step-change = Ustaw nowe hasło, gdy pojawi się taka prośba. Potem usuń tę wiadomość.
mail-licence-note = Niektóre usługi mogą być dostępne dopiero za kilka minut.
mail-not-you = To nie Twoje zgłoszenie? W takim razie ktoś podał Twój adres. Napisz na adres { $support }, a usuniemy konto.

## Wiadomość do osoby, która ma już konto

mail-reminder-subject = Masz już konto – { $site }
mail-reminder-greeting = Cześć,
mail-reminder-intro = ktoś, prawdopodobnie Ty, właśnie poprosił o konto Microsoft 365 dla tego adresu. Takie konto już istnieje, dlatego nic nie zostało utworzone ani zmienione.
mail-reminder-password = Jeśli nie pamiętasz hasła, wybierz „Nie pamiętam hasła” podczas logowania na { $url } albo napisz na adres { $support }.
mail-reminder-not-you = Jeśli to nie Ty, nie musisz nic robić.

# The same where the account is no longer in the tenant.
mail-gone-subject = Twoje konto już nie istnieje – { $site }
mail-gone-intro = ktoś, prawdopodobnie Ty, właśnie poprosił o konto Microsoft 365 dla tego adresu. Konto dla tego adresu już nie istnieje i nic nie zostało utworzone.
mail-gone-ask = Jeśli nadal potrzebujesz konta, napisz na adres { $support }.
## The mail to someone whose data were erased

mail-notice-subject = Nie utworzono nowego konta – { $site }
mail-notice-intro = ktoś, prawdopodobnie Ty, właśnie poprosił o konto Microsoft 365 dla tego adresu. Takie konto już było, a jego dane zostały tu usunięte na prośbę właściciela. Aby nikt nie otrzymał drugiego konta, nic nie zostało utworzone, a to zgłoszenie również usunięto.
mail-notice-ask = Jeśli znów chcesz mieć konto, napisz na adres { $support }.

## Wiadomość z kodem potwierdzającym

mail-code-subject = { $code } to Twój kod potwierdzający – { $site }
mail-code-subject-only = Twój kod potwierdzający – { $site }
mail-code-greeting = Cześć,
mail-code-who = { $name } prosi o konto { $username }. Jeśli nazwa użytkownika jest zajęta, dodamy do niej liczbę.
mail-code-intro = Czy to Ty? W takim razie wpisz ten kod na otwartej stronie:
mail-code = Kod potwierdzający
mail-code-link = Możesz też otworzyć ten link i nacisnąć tam przycisk:
mail-code-minutes =
    { $minutes ->
        [one] Kod i link są ważne przez minutę.
        [few] Kod i link są ważne przez { $minutes } minuty.
       *[many] Kod i link są ważne przez { $minutes } minut.
    }
mail-code-hours =
    { $hours ->
        [few] Kod i link są ważne przez { $hours } godziny.
       *[many] Kod i link są ważne przez { $hours } godzin.
    }
mail-code-not-you = Jeśli to nie Ty, otwórz link i odrzuć zgłoszenie albo zignoruj tę wiadomość. Bez Twojego potwierdzenia nic nie powstanie.

## Każda wiadomość

# What stands before a value in a plain mail.
mail-label = { $label }:
mail-footer = Ta wiadomość została wysłana automatycznie przez { $site }. Pytania: { $support }
mail-reference = Identyfikator wiadomości dla pomocy: { $reference }

## The mail with a new password

mail-renewed-subject = Twoje nowe hasło – { $site }
mail-renewed-intro = na stronie Twojego zgłoszenia poproszono o nowe hasło do konta Microsoft 365. Poprzednie już nie działa. Zaloguj się tym hasłem:
mail-renewed-not-you = To nie Twoja prośba? W takim razie ktoś inny zna adres tej strony. Zaloguj się od razu, ustaw własne hasło i napisz na adres { $support }.

## Mails to admins

mail-alert-attention-subject =
    { $count ->
        [one] Jedno zgłoszenie wymaga uwagi – { $site }
        [few] { $count } zgłoszenia wymagają uwagi – { $site }
       *[many] { $count } zgłoszeń wymaga uwagi – { $site }
    }
mail-alert-attention-intro =
    { $count ->
        [one] Jedno zgłoszenie jest wstrzymane, dopóki ktoś nie usunie przyczyny. Jego identyfikator i powód:
        [few] { $count } zgłoszenia są wstrzymane, dopóki ktoś nie usunie przyczyny. Ich identyfikatory i powody:
       *[many] { $count } zgłoszeń jest wstrzymanych, dopóki ktoś nie usunie przyczyny. Ich identyfikatory i powody:
    }
mail-alert-attention-show = Co się stało z jednym z nich i co z tym zrobić:
mail-alert-attention-retry = Po usunięciu przyczyny to polecenie wznawia wszystkie:
mail-alert-more =
    { $count ->
        [one] I jeszcze jedno.
        [few] I jeszcze { $count }.
       *[many] I jeszcze { $count }.
    }

mail-alert-seats-low-subject = Zostało mało licencji – { $site }
mail-alert-seats-low-intro =
    { $count ->
        [one] Wolne jest mniej niż { $count } miejsce tych licencji:
        [few] Wolnych jest mniej niż { $count } miejsca tych licencji:
       *[many] Wolnych jest mniej niż { $count } miejsc tych licencji:
    }
mail-alert-seats-none-subject = Nie ma już wolnych licencji – { $site }
mail-alert-seats-none-intro = Wszystkie miejsca tych licencji są zajęte:
mail-alert-seats-none-queue = Zgłoszenia są nadal przyjmowane. Czekają i zostaną wznowione same, gdy tylko zwolnią się miejsca.
mail-alert-seats-none-close = Zgłoszenia wymagające jednej z tych licencji nie są przyjmowane. Formularz otworzy się sam, gdy tylko zwolnią się miejsca.
mail-alert-seats-line = { $tenant }: wolne miejsca { $product }: { $free } z { $total }
mail-alert-seats-unknown = { $tenant }: dzierżawa nie ma miejsc dla { $product } albo nie ma tam takiej licencji. Popraw profil.
mail-alert-seats-buy = Kup miejsca w centrum administracyjnym Microsoft 365 albo odbierz licencje kontom, które ich już nie potrzebują.

mail-alert-certificate-subject = Trzeba odnowić certyfikat – { $site }
mail-alert-certificate-intro = Tymi certyfikatami usługa loguje się do Entra. Gdy wygaśnie ostatni ważny certyfikat dzierżawy, nie będzie można zakładać w niej kont.
mail-alert-certificate-ends = { $tenant }: { $thumbprint } wygasa { $date }
mail-alert-certificate-ended = { $tenant }: { $thumbprint } – certyfikat wygasł { $date }
mail-alert-certificate-renew = To polecenie tworzy nową parę i podaje dalsze kroki:

mail-alert-refused-subject = Microsoft odrzuca aplikację – { $site }
mail-alert-refused-intro = Te dzierżawy odrzucają aplikację, więc nie można w nich zakładać kont. Zgłoszenia czekają. Ruszą same, gdy tylko aplikacja znów zostanie przyjęta.
mail-alert-refused-check = To polecenie pokazuje, co zmienić:
