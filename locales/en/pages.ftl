## Everywhere

# The language's name in the language itself.
language-name = English
language-switch = Language

page-skip = Skip to the content
page-title = { $title } – { $site }
page-title-error = Error: { $title }
page-help = Questions? Write to { $support }.
page-home = To the signup form

## The form

form-title = Get your Microsoft 365 account
form-lead = Fill in this short form. We create your account right away and mail you the password, usually within a minute.
form-lead-confirm = Fill in this short form and confirm your address with the code we mail you. We then create your account and mail you the password, usually within a minute.
form-required = Every field is needed.

form-section-address = Your university address
form-section-name = Your name
form-section-consent = Your consent

form-email = Email address
form-email-hint = The address your university gave you. The password is mailed there.
form-email-hint-example = The address your university gave you, such as { $example }. The password is mailed there.
form-first-name = First name
form-last-name = Family name
form-name-hint = Write it as others should see it in Microsoft 365, in any script. Your username is made from it.
form-consent-microsoft = My name and my new username may be sent to Microsoft to create the account.
form-consent-terms = I accept the terms of use: the account is for my studies, mine alone, and I keep its password to myself.

form-submit = Create my account
form-sending = Sending …

form-about = Good to know
form-about-get = What you get
form-about-get-text = A Microsoft 365 account with the licences and groups that your university has chosen for its students.
form-about-sent = What is sent to Microsoft
form-about-sent-text = Your name, the username made of it, and the details your university sets for student accounts. Nothing goes to anyone else.
form-about-kept = What is kept here, and for how long
form-about-kept-text = Your name and the password are deleted here as soon as the password has been mailed. Your address stays until you have it deleted, so that nobody can get a second account with it.
form-about-ask = Whom to ask
form-about-ask-text = For questions, or to have your data deleted, write to { $support }.

## While the form is filled in

form-preview = Your username will probably be { $username }, possibly with a number.
form-trap = Leave this field empty
form-noscript = JavaScript is off in your browser. That is fine: we first mail you a code, which you type on the next page.

## The status page

status-title-confirm = Confirm your address
status-title-working = Your account is on its way
status-title-done = Your account is ready
status-title-attention = Someone has to look at this
status-title-erased = This signup was deleted

status-lead-confirm = We have mailed you a code.
status-lead-confirm-to = We have mailed a code to { $email }.
status-lead-working = This usually takes less than a minute. You may close this page: the password is mailed to you in any case.
status-lead-working-to = This usually takes less than a minute. You may close this page: the password is mailed to { $email } in any case.
status-lead-waiting = It takes longer than usual. You may close this page: the password is mailed to you in any case.
status-lead-waiting-to = It takes longer than usual. You may close this page: the password is mailed to { $email } in any case.
status-lead-done = The password has been mailed to you.
status-lead-done-to = The password has been mailed to { $email }.
status-lead-attention = Something is in the way that we cannot mend without a person. Your request is safe, and there is nothing you need to do. Should you hear nothing within two working days, write to { $support }.
status-lead-erased = All data of this signup has been deleted. If you want an account, fill in the form again.

status-steps = Steps
status-step-confirm = Confirm the address
status-step-create = Create the account
status-step-access = Assign licences and groups
status-step-mail = Mail the password
status-state-waiting = still to come
status-state-running = in progress
status-state-done = done
status-state-stuck = held up

status-wait-seats = All licences are in use at the moment. Yours is assigned as soon as one is free again.
status-wait-throttled = Microsoft is very busy and asks us to slow down. We go on by ourselves.
status-wait-tenant = Microsoft cannot be reached properly at the moment. We keep trying.
status-wait-lag = Microsoft is still making your new account known to all its servers. That can take some minutes.
status-wait-mail = The mail server does not take our mail at the moment. We keep trying.
status-wait-earlier = Earlier requests go first. Yours follows by itself.

status-username = Your username
status-sign-in = Sign in at
status-sign-in-hint = With the username and the password from the mail. You will be asked to choose a password of your own.
status-no-mail = No mail?
status-no-mail-text = A mail can take some minutes. Look into the spam folder too. If nothing comes, write to { $support }.
status-address-note = You can come back to this page on any device. Keep its address to yourself: whoever has it sees what you see here.

## Confirming the address

code-label = Code from the mail
code-hint = Six digits. The link in the mail does the same.
code-hint-minutes =
    { $minutes ->
        [one] Six digits, valid for one more minute. The link in the mail does the same.
       *[other] Six digits, valid for { $minutes } more minutes. The link in the mail does the same.
    }
code-hint-hours = Six digits, valid for { $hours } more hours. The link in the mail does the same.
code-submit = Confirm
code-again = No mail? Look into the spam folder, or have it sent again.
code-again-submit = Send the mail again
code-sent = A new mail is on its way. Only the newest code counts.
code-too-often = So many codes were sent for this signup that no further one is. Fill in the form again later.
code-too-soon = A mail was sent a moment ago. Please wait a little before you ask for another.

link-title = Confirm your address
link-lead = One click is left: confirm that this address is yours. Then we create your account.
link-submit = Yes, this address is mine
link-gone-title = This link is no longer valid
link-gone-text = It may be too old, or a newer mail has replaced it. If you have confirmed already, all is well and the password comes by mail. Otherwise use the newest mail, or fill in the form once more.

## Following a signup: a further mail, the end of the page

status-title-renewing = A new password is on its way
status-lead-renewing = It is being set for your account and then mailed to you. You may close this page.
status-lead-renewing-to = It is being set for your account and then mailed to { $email }. You may close this page.
status-step-reset = Set the new password
status-username-soon = Your username will be
status-username-hint = Should someone else have it already, it gets a number.
status-renewed = You have asked for a new password. When the mail with it arrives, the one before no longer works. If nothing has come after ten minutes, write to { $support }.
status-forgotten = You have signed in before and no longer know the password? Choose “Forgot my password” when signing in.
status-expires = It can be opened until { $date }.
status-connection-lost = The connection is lost. Your signup goes on all the same, and this page keeps trying to reach it.

again-password = Still nothing? You can have a new password set and mailed. The one before then no longer works.
again-password-submit = Send a new password
again-password-none = No further password is sent from this page.
again-left =
    { $left ->
        [one] You can ask for it once more.
       *[other] You can ask for it { $left } more times.
    }
again-left-until =
    { $left ->
        [one] You can ask for it once more, until { $date }.
       *[other] You can ask for it { $left } more times, until { $date }.
    }
again-minutes =
    { $minutes ->
        [one] The next mail can be asked for in one minute.
       *[other] The next mail can be asked for in { $minutes } minutes.
    }

# A day, as it is written in a sentence.
page-date =
    { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }

## At the foot of every page

page-imprint = Imprint
page-privacy = Privacy
page-terms = Terms of use
page-accessibility = Accessibility
