# What programs are told that use the API, or rather the people who write them.

## Requests that cannot be answered

api-not-found = Pod tym adresem nic nie ma.
api-method = Ten adres nie przyjmuje tej metody. Nagłówek Allow podaje te, które przyjmuje.
api-bad-request = Nie udało się odczytać żądania: było niepełne lub uszkodzone.
api-too-large = Treść jest o wiele większa, niż może być żądanie.
api-media-type = Treść należy wysłać jako JSON, z nagłówkiem Content-Type: application/json.
api-cross-site = Strony witryny, z której pochodzi to żądanie, nie mogą korzystać z API.
api-not-json = Treść nie jest poprawnym JSON-em.
api-key-malformed = Idempotency-Key musi mieć od 16 do 255 liter, cyfr lub innych widocznych znaków ASCII.
api-key-other-title = Ten Idempotency-Key należy do innego żądania
api-key-other-text = Inne żądanie wymaga własnego klucza.

## Requests with fields that cannot be used

api-invalid-title = W tej postaci żądania nie można użyć
api-invalid-text = Lista błędów mówi, co zmienić.
api-not-object = Treść musi być obiektem JSON.
api-not-text = To pole musi być tekstem.
api-unknown-field = Nie ma takiego pola.
api-consent = Podaj wersję tekstów zgody, na którą wyraziła zgodę ta osoba. Aktualna to { $version }.
api-username = Wybierz jedną z tych nazw użytkownika: { $usernames }.
