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

form-title = Get your Microsoft 365 account
form-lead = We create your account and send the password to your university address, usually within a minute.
form-lead-confirm = We send a code to your university address. When you have entered it, we create your account and send you the password.
form-required = Please fill in every field.

form-section-name = Your name
form-section-consent = Your consent

form-email = University email address
form-email-hint = The address your university gave you.
form-email-hint-example = Such as { $example }
form-first-name = First name
form-last-name = Family name
form-name-hint = Write it as others should see it in Microsoft 365, in any alphabet.
form-one-name-twice = If you have only one name, write it in both fields.
form-one-name-once = If you have only one name, leave the other field empty.
form-consent-microsoft = My name and my new username may be sent to Microsoft to create the account.
form-consent-terms = I accept the terms of use: the account is for my studies, mine alone, and I keep its password to myself.

form-submit = Create my account
form-sending = Sending …

form-about = Good to know
form-about-get = What you get
form-about-get-text = A Microsoft 365 account with the licences and groups that your university has chosen for its students.
form-about-sent = What is sent to Microsoft
form-about-sent-text = Your name, the username made from it, and the details your university sets for student accounts. Nothing goes to anyone else.
form-about-kept = What is kept here, and for how long
form-kept-password = Your name and the password are deleted as soon as the password has been emailed.
form-kept-address = Your address and your username are deleted { $after }, counted from the last change to your request.
form-kept-address-for-good = Your address and your username are kept until you have them deleted, so that nobody can get a second account with the address.
form-kept-code = If you have your data deleted, a code remains, from which nobody can read the address. It is deleted { $after }.
form-kept-code-for-good = If you have your data deleted, a code remains for good, from which nobody can read the address.
form-kept-unconfirmed = A request that is never confirmed is deleted { $after }.
form-kept-unconfirmed-for-good = A request that is never confirmed is kept until you have it deleted.
form-kept-further = A further request for an address that already has an account is deleted { $after }.
form-kept-further-for-good = A further request for an address that already has an account is kept until you have it deleted.
form-kept-steps = The record of what was done for your request, without name and address, is deleted { $after }.
form-kept-steps-for-good = The record of what was done for your request, without name and address, is kept for good.
form-kept-years =
    { $years ->
        [one] after one year
       *[other] after { $years } years
    }
form-kept-days =
    { $days ->
        [one] after one day
       *[other] after { $days } days
    }
form-kept-hours =
    { $hours ->
        [one] after one hour
       *[other] after { $hours } hours
    }
form-about-ask = Who to ask
form-about-ask-text = If you have questions or want your data deleted, write to { $support }.

## While the form is filled in

form-preview-blank = We make your username from your name.
form-preview = Your username will probably be { $username }, perhaps with a number.
form-username-choice = Which username do you want?
form-username-choice-hint = If the username is taken, a number is added.
form-trap = Leave this field empty
form-noscript = JavaScript is off in your browser. That is fine: we first email you a code, and you enter it on the next page.

## The status page

status-title-confirm = Confirm your address
status-title-working = Your account is on its way
status-title-done = Your account is ready
status-title-attention = Someone has to look at this
status-title-erased = This request was deleted
status-title-voided = This request is closed
status-title-gone = This account no longer exists
status-title-undelivered = The email came back

status-lead-confirm = We have emailed a code to { $email }.
status-lead-withheld = This address has received several emails lately, so we have not sent another one yet. Open the link in one of them, perhaps in your spam folder: it shows every open request for the address, including this one.
status-demo-inbox = This is a demo: open its inbox with the emails
status-lead-working = This usually takes less than a minute. You can close this page: we will email the password to { $email } in any case.
status-lead-waiting = This is taking longer than usual. You can close this page: we will email the password to { $email } in any case.
status-lead-done = We have emailed the password to { $email }.
status-lead-attention = There is a problem that one of us has to solve by hand. Your request is safe, and you do not need to do anything. If you have heard nothing after two working days, write to { $support }.
status-lead-voided = Another request for this address was confirmed, or the owner of the address refused this one. What was entered has been deleted. If you want an account, fill in the form again.
status-lead-gone = The account of this request has been deleted from Microsoft 365. If you still need one, or did not expect this, write to { $support }.
status-lead-undelivered = Our last email to { $email } could not be delivered and came back to us. If you cannot get email at this address, write to { $support }.

status-wrong-address = Wrong address?
status-wrong-address-running = The account for this address is already being created. You can send the form again with the right address: then write to { $support } so that we remove this one.
status-lead-erased = All data of this request have been deleted. If you would like an account again, write to { $support }.

status-steps = Steps
status-step-confirm = Confirm the address
status-step-create = Create the account
status-step-access = Assign licences and groups
status-step-mail = Email the password
status-state-waiting = still to come
status-state-running = in progress
status-state-yours = your turn
status-state-done = done
status-state-stuck = held up

status-wait-seats = All licences are in use at the moment. You get yours as soon as one is free again.
status-wait-throttled = Microsoft is very busy and asks us to slow down. We will continue automatically.
status-wait-tenant = We are having trouble reaching Microsoft at the moment. We keep trying.
status-wait-lag = Microsoft is still setting up your new account on all its servers. This can take a few minutes.
status-wait-mail = The mail server is not accepting our email at the moment. We keep trying.
status-wait-earlier = Earlier requests go first. Yours will follow automatically.

status-username = Your username
status-sign-in = Sign-in page
status-sign-in-submit = Sign in
status-sign-in-hint = Use the username and the password from the email. You will be asked to choose a password of your own.
sign-in-private = Are you already signed in to Microsoft with another account, such as a private one? Then open the page in a private window.
sign-in-authenticator = If Microsoft asks for more information, set up the Authenticator app on your phone as the page shows.
status-no-mail = No email?
status-no-mail-text = An email can take a few minutes. Check your spam folder too. If nothing comes, write to { $support }.
status-no-mail-sender = The sender of the email is { $sender }.
status-address-note = You can come back to this page on any device. Keep its address to yourself: anyone who has it sees what you see here.

## Confirming the address

code-label = Code from the email
code-hint = Six digits. You can also use the link in the email.
code-hint-minutes =
    { $minutes ->
        [one] Six digits, valid for one more minute. You can also use the link in the email.
       *[other] Six digits, valid for { $minutes } more minutes. You can also use the link in the email.
    }
code-hint-hours = Six digits, valid for { $hours } more hours. You can also use the link in the email.
code-submit = Confirm
code-again = No email? Check your spam folder, or have it sent again.
code-again-submit = Send the email again
code-sent = A new email is on its way. Only the newest code works.
code-too-often = So many codes were sent for this request that we cannot send any more. Fill in the form again later.
code-too-soon = An email was sent a moment ago. Please wait a little before you ask for another.
code-withheld = This address has received several emails lately, so no new one was sent. The last code and the links in earlier emails stay valid for their time.

link-title = Confirm your address
link-lead = Someone asks for a Microsoft 365 account with your address, under this name. Is it you? Then confirm, and we create the account.
link-submit = Yes, that is me
link-refuse-hint = Is it not you? Then refuse: the request is closed and deleted, and no account is created.
link-refuse = No, refuse
link-list-title = Which request is yours?
link-list-lead = Several requests came in for your address, perhaps from other people. Choose yours: we create the account for it and close the others.
link-choose = This one is mine
link-refuse-all-hint = Is none of them yours? Then refuse: all of them are closed and deleted, and no account is created.
link-refuse-all = None is mine, refuse all
link-asked = Received
link-refused-title = No request is open
link-refused-text = No request for your address is open any more: all were refused, or another one was confirmed. What was entered in them has been deleted. If you want an account, fill in the form.

# Since when a request has been open.
age-minutes =
    { $minutes ->
        [one] one minute ago
       *[other] { $minutes } minutes ago
    }
age-hours =
    { $hours ->
        [one] one hour ago
       *[other] { $hours } hours ago
    }
age-days =
    { $days ->
        [one] one day ago
       *[other] { $days } days ago
    }
link-gone-title = This link is no longer valid
link-gone-text = It may be too old, or its request has been deleted. If you have already confirmed your address, all is well and the password comes by email. Otherwise use the newest email, or fill in the form again.

## Following a signup: a further mail, the end of the page

status-title-renewing = A new password is on its way
status-lead-renewing = We are setting it for your account and will then email it to { $email }. You can close this page.
status-step-reset = Set the new password
status-username-soon = Your username will be
status-username-hint = If someone else already has it, we add a number.
status-renewed = You have asked for a new password. Once the email with it arrives, the old one no longer works. If nothing has come after ten minutes, write to { $support }.
status-forgotten = Have you signed in before and forgotten the password? Choose “Forgot my password” when you sign in.
status-expires = The page can be opened until { $date }.
status-connection-lost = The connection was lost. Your request continues all the same, and this page keeps trying to reconnect.

again-password-title = Have a new password sent
again-password = Still nothing? We can set a new password and email it to you. The old one then no longer works.
again-password-submit = Send a new password
again-password-none = This page cannot send any more passwords.
again-undelivered = If the address is right, have a new email sent to it.
again-left =
    { $left ->
        [one] You can ask for it once more.
       *[other] You can ask for it { $left } more times.
    }
again-left-until =
    { $left ->
        [one] You can ask for it once more, until { $date }.
       *[other] You can ask for it { $left } more times, until { $date }.
    }
again-minutes =
    { $minutes ->
        [one] You can ask for the next email in one minute.
       *[other] You can ask for the next email in { $minutes } minutes.
    }
again-hours = You can ask for the next email in { $hours } hours.

# A day, as it is written in a sentence.
page-date =
    { $day } { $month ->
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

## When no licence is free

closed-title = No accounts can be created right now
closed-lead = All licences for Microsoft 365 are in use at the moment, so signing up is paused. Nothing has been recorded.
closed-again = As soon as licences are free again, the form is back at this address: please try again tomorrow. If you need an account sooner, write to { $support }.

closed-off-title = Signing up is paused
closed-off-lead = No new accounts can be requested at the moment. Nothing has been recorded. Requests that were made before go on, and the links in their emails work.
closed-off-again = The form will be back at this address: please try again later. If you need an account sooner, write to { $support }.
