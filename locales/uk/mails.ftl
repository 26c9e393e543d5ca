# Листи. Без розмітки: вона в шаблонах у templates/mail.

mail-greeting = Вітаємо, { $name },

## Лист із паролем

mail-password-subject = Ваш обліковий запис Microsoft 365 – { $site }
mail-password-intro = ваш обліковий запис Microsoft 365 готовий. Ось що потрібно, щоб увійти вперше:
mail-username = Ім’я користувача
mail-password = Пароль
mail-password-hint = Пароль складається лише з літер і цифр. Щоб нічого не переплутати, у ньому немає літер O, o, l, I, B, S та Z, а також цифр 0 і 1.
mail-steps-title = Як увійти
mail-step-open = Відкрийте цю сторінку:
mail-step-sign-in = Увійдіть із наведеними вище іменем користувача та паролем. Ім’я користувача — це не ваша університетська адреса.
mail-step-change = Коли з’явиться запит, виберіть новий пароль. Потім видаліть цей лист.
mail-licence-note = Деякі служби можуть стати доступними лише за кілька хвилин.
mail-not-you = Ви не замовляли цей обліковий запис? Тоді хтось увів вашу адресу. Напишіть на { $support }, і ми видалимо обліковий запис.

## Лист тим, хто вже має обліковий запис

mail-reminder-subject = Ви вже маєте обліковий запис – { $site }
mail-reminder-greeting = Вітаємо,
mail-reminder-intro = щойно хтось, найімовірніше ви, замовив обліковий запис Microsoft 365 на цю адресу. Він уже існує, тому нічого не створено й нічого не змінено.
mail-reminder-password = Якщо ви не пам’ятаєте пароль, виберіть «Забули пароль?» під час входу на { $url } або напишіть на { $support }.
mail-reminder-not-you = Якщо це були не ви, робити нічого не потрібно.

# The same where the account is no longer in the tenant.
mail-gone-subject = Вашого облікового запису вже немає – { $site }
mail-gone-intro = щойно хтось, найімовірніше ви, замовив обліковий запис Microsoft 365 на цю адресу. Облікового запису на цю адресу вже немає, і нічого не створено.
mail-gone-ask = Якщо обліковий запис вам ще потрібен, напишіть на { $support }.
## The mail to someone whose data were erased

mail-notice-subject = Новий обліковий запис не створено – { $site }
mail-notice-intro = щойно хтось, найімовірніше ви, замовив обліковий запис Microsoft 365 на цю адресу. Такий запис уже був, і його дані тут видалили на прохання власника. Щоб ніхто не отримав другий обліковий запис, нічого не створено, а цю заявку теж видалено.
mail-notice-ask = Якщо вам знову потрібен обліковий запис, напишіть на { $support }.

## Лист із кодом підтвердження

mail-code-subject = { $code } – ваш код підтвердження – { $site }
mail-code-subject-only = Ваш код підтвердження – { $site }
mail-code-greeting = Вітаємо,
mail-code-who = { $name } просить обліковий запис { $username }. Якщо ім’я користувача зайняте, ми додамо до нього число.
mail-code-intro = Це ви? Тоді введіть цей код на відкритій сторінці:
mail-code = Код підтвердження
mail-code-link = Або відкрийте це посилання й натисніть там кнопку:
mail-code-minutes =
    { $minutes ->
        [one] Код і посилання дійсні { $minutes } хвилину.
        [few] Код і посилання дійсні { $minutes } хвилини.
       *[many] Код і посилання дійсні { $minutes } хвилин.
    }
mail-code-hours =
    { $hours ->
        [one] Код і посилання дійсні { $hours } годину.
        [few] Код і посилання дійсні { $hours } години.
       *[many] Код і посилання дійсні { $hours } годин.
    }
mail-code-not-you = Якщо це не ви, відкрийте посилання й відхиліть заявку або не зважайте на цей лист. Без вашого підтвердження нічого не буде створено.

## Кожен лист

# What stands before a value in a plain mail.
mail-label = { $label }:
mail-footer = Цей лист автоматично надіслано від { $site }. Запитання: { $support }
mail-reference = Ідентифікатор листа для служби підтримки: { $reference }

## The mail with a new password

mail-renewed-subject = Ваш новий пароль – { $site }
mail-renewed-intro = на сторінці вашої заявки попросили новий пароль для вашого облікового запису Microsoft 365. Попередній більше не діє. Увійдіть із цим:
mail-renewed-not-you = Це були не ви? Тоді хтось інший знає адресу тієї сторінки. Увійдіть одразу, виберіть власний пароль і напишіть на { $support }.

## Mails to admins

mail-alert-attention-subject =
    { $count ->
        [one] { $count } заявка потребує уваги – { $site }
        [few] { $count } заявки потребують уваги – { $site }
       *[many] { $count } заявок потребують уваги – { $site }
    }
mail-alert-attention-intro =
    { $count ->
        [one] { $count } заявка чекає, доки хтось не усуне причину. Ідентифікатор і причина:
        [few] { $count } заявки чекають, доки хтось не усуне причину. Ідентифікатори та причини:
       *[many] { $count } заявок чекають, доки хтось не усуне причину. Ідентифікатори та причини:
    }
mail-alert-attention-show = Що сталося з однією з них і що з цим робити:
mail-alert-attention-retry = Коли причину усунуто, ця команда відновлює всі:
mail-alert-more =
    { $count ->
        [one] І ще { $count }.
        [few] І ще { $count }.
       *[many] І ще { $count }.
    }

mail-alert-seats-low-subject = Залишилося мало ліцензій – { $site }
mail-alert-seats-low-intro =
    { $count ->
        [one] Вільно менше ніж { $count } місце цих ліцензій:
        [few] Вільно менше ніж { $count } місця цих ліцензій:
       *[many] Вільно менше ніж { $count } місць цих ліцензій:
    }
mail-alert-seats-none-subject = Вільних ліцензій не залишилося – { $site }
mail-alert-seats-none-intro = Усі місця цих ліцензій зайняті:
mail-alert-seats-none-queue = Заявки й далі приймаються. Вони чекають і продовжаться самі, щойно звільняться місця.
mail-alert-seats-none-close = Заявки, яким потрібна одна з цих ліцензій, не приймаються. Форма відкриється сама, щойно звільняться місця.
mail-alert-seats-line = { $tenant }: вільні місця { $product }: { $free } з { $total }
mail-alert-seats-unknown = { $tenant }: у клієнта немає місць для { $product } або такої ліцензії там немає. Виправте профіль.
mail-alert-seats-buy = Придбайте місця в Центрі адміністрування Microsoft 365 або заберіть ліцензії в облікових записів, яким вони вже не потрібні.

mail-alert-certificate-subject = Потрібно поновити сертифікат – { $site }
mail-alert-certificate-intro = За цими сертифікатами служба входить до Entra. Коли закінчиться термін дії останнього чинного сертифіката клієнта, створювати там облікові записи стане неможливо.
mail-alert-certificate-ends = { $tenant }: термін дії { $thumbprint } закінчується { $date }
mail-alert-certificate-ended = { $tenant }: термін дії { $thumbprint } закінчився { $date }
mail-alert-certificate-renew = Ця команда створює нову пару й називає подальші кроки:

mail-alert-refused-subject = Microsoft відхиляє застосунок – { $site }
mail-alert-refused-intro = Ці клієнти відхиляють застосунок, тому створювати там облікові записи неможливо. Запити чекають. Вони продовжаться самі, щойно застосунок знову буде прийнято.
mail-alert-refused-check = Ця команда показує, що треба змінити:
