# Mails. No markup here: the templates in templates/mail have it.

mail-greeting = Hello { $name },

## The mail with the password

mail-password-subject = Your Microsoft 365 account – { $site }
mail-password-intro = Your Microsoft 365 account is ready. Here is what you need to sign in for the first time:
mail-username = Username
mail-password = Password
mail-password-hint = The password is made of letters and digits only. So that you cannot mix anything up, it contains none of O, o, 0, l, I, 1, B, S and Z.
mail-steps-title = How to sign in
mail-step-open = Open this page:
mail-step-sign-in = Sign in with the username and password above. The username is not your university address.
mail-step-change = Choose a new password when you are asked to. Then delete this email.
mail-licence-note = It may take a few more minutes until you can use every service.
mail-not-you = Didn’t you ask for this account? Then someone entered your address. Please write to { $support } and we will remove the account.

## The mail to someone who has an account already

mail-reminder-subject = You already have an account – { $site }
mail-reminder-greeting = Hello,
mail-reminder-intro = Someone, probably you, has just asked for a Microsoft 365 account with this address. There is one already, so nothing was created or changed.
mail-reminder-password = If you have forgotten the password, choose “Forgot my password” when you sign in at { $url }, or write to { $support }.
mail-reminder-not-you = If it was not you, you do not need to do anything.

# The same where the account is no longer in the tenant.
mail-gone-subject = Your account no longer exists – { $site }
mail-gone-intro = Someone, probably you, has just asked for a Microsoft 365 account with this address. The account for it no longer exists, and nothing was created.
mail-gone-ask = If you still need an account, write to { $support }.
## The mail to someone whose data were erased

mail-notice-subject = No new account was created – { $site }
mail-notice-intro = Someone, probably you, has just asked for a Microsoft 365 account with this address. There was one before, and the data about it were deleted here on request. So that nobody gets a second account, nothing was created, and this request was deleted too.
mail-notice-ask = If you would like an account again, write to { $support }.

## The mail with the confirmation code

mail-code-subject = { $code } is your confirmation code – { $site }
mail-code-subject-only = Your confirmation code – { $site }
mail-code-greeting = Hello,
mail-code-who = { $name } asks for the account { $username }. If the username is taken, we add a number.
mail-code-intro = Is that you? Then enter this code on the page you have open:
mail-code = Confirmation code
mail-code-link = Or open this link and press the button there:
mail-code-minutes =
    { $minutes ->
        [one] Code and link are valid for one minute.
       *[other] Code and link are valid for { $minutes } minutes.
    }
mail-code-hours = Code and link are valid for { $hours } hours.
mail-code-not-you = If it is not you, open the link and refuse the request, or ignore this email. Nothing is created without your confirmation.

## Every mail

# What stands before a value in a plain mail.
mail-label = { $label }:
mail-footer = This email was sent automatically by { $site }. Questions: { $support }
mail-reference = Reference for support: { $reference }

## The mail with a new password

mail-renewed-subject = Your new password – { $site }
mail-renewed-intro = A new password for your Microsoft 365 account was asked for on the page of your request. The old one no longer works. Sign in with this one:
mail-renewed-not-you = Didn’t you ask for it? Then someone else knows the address of that page. Sign in now, choose a password of your own, and write to { $support }.

## Mails to admins

mail-alert-attention-subject =
    { $count ->
        [one] One signup needs attention – { $site }
       *[other] { $count } signups need attention – { $site }
    }
mail-alert-attention-intro =
    { $count ->
        [one] One signup is held up until a person has fixed the cause. Its id, and the reason:
       *[other] { $count } signups are held up until a person has fixed the cause. Their ids, and the reasons:
    }
mail-alert-attention-show = What happened to one of them, and what to do about it:
mail-alert-attention-retry = Once the cause is fixed, this lets all of them go on:
mail-alert-more =
    { $count ->
        [one] And one more.
       *[other] And { $count } more.
    }

mail-alert-seats-low-subject = Few licences are left – { $site }
mail-alert-seats-low-intro =
    { $count ->
        [one] Less than one seat of these licences is free:
       *[other] Fewer than { $count } seats of these licences are free:
    }
mail-alert-seats-none-subject = No licence is left – { $site }
mail-alert-seats-none-intro = All seats of these licences are taken:
mail-alert-seats-none-queue = Signups are still taken. They wait, and go on by themselves once seats are free.
mail-alert-seats-none-close = Signups that need one of these licences are not taken. The form opens by itself once seats are free.
mail-alert-seats-line = { $tenant }: { $free } of { $total } seats of { $product } are free
mail-alert-seats-unknown = { $tenant }: the tenant has no seats of { $product }, or no such licence. Correct the profile.
mail-alert-seats-buy = Buy seats in the Microsoft 365 admin center, or take licences back from accounts that no longer need them.

mail-alert-certificate-subject = A certificate needs to be renewed – { $site }
mail-alert-certificate-intro = By these certificates the service signs in to Entra. Once the last valid one of a tenant has expired, no accounts can be created there.
mail-alert-certificate-ends = { $tenant }: { $thumbprint } expires on { $date }
mail-alert-certificate-ended = { $tenant }: { $thumbprint } expired on { $date }
mail-alert-certificate-renew = This command makes a new pair and says the further steps:

mail-alert-refused-subject = Microsoft refuses the application – { $site }
mail-alert-refused-intro = These tenants refuse the application, so no account can be created there. Signups wait. They go on by themselves once the application is accepted again.
mail-alert-refused-check = This command shows what to change:
