# What programs are told that use the API, or rather the people who write them.

## Requests that cannot be answered

api-not-found = За цією адресою нічого немає.
api-method = Ця адреса не приймає цей метод. Заголовок Allow називає ті, які вона приймає.
api-bad-request = Запит не вдалося прочитати: він був неповний або пошкоджений.
api-too-large = Вміст набагато більший, ніж може бути запит.
api-media-type = Надсилайте вміст як JSON, із заголовком Content-Type: application/json.
api-cross-site = Сторінкам сайту, з якого надійшов цей запит, не дозволено користуватися API.
api-not-json = Вміст не є правильним JSON.
api-key-malformed = Idempotency-Key має складатися з 16–255 літер, цифр або інших видимих символів ASCII.
api-key-other-title = Цей Idempotency-Key належить іншому запиту
api-key-other-text = Для іншого запиту потрібен власний ключ.

## Requests with fields that cannot be used

api-invalid-title = У такому вигляді запит не можна використати
api-invalid-text = Що змінити, сказано в переліку помилок.
api-not-object = Вміст має бути об’єктом JSON.
api-not-text = Це поле має бути текстом.
api-unknown-field = Такого поля немає.
api-consent = Вкажіть версію текстів згоди, на яку погодилася ця особа. Поточна: { $version }.
api-username = Виберіть одне з цих імен користувача: { $usernames }.
