## Above a form that comes back

error-summary =
    { $count ->
        [one] There is a problem
       *[other] There are { $count } problems
    }
error-prefix = Error:
error-form-expired = The form was open for a long time and had to be renewed. What you typed is still here: check it and send it again.
error-form-foreign = We could not tell that this form comes from your browser. Allow cookies for this site, then send the form again. What you typed is still here.
error-not-recorded = We could not save your request just now. What you typed is still here: please send it again in a moment.
error-closed-kept = Signing up was paused in the meantime, so your request has not been recorded. What you typed is still here: please send it again later.

## Above a form that a program may have sent

error-too-fast = That was very fast, as if a program had filled in the form. What you typed is still here: please send it again.
error-hidden-field = A field that people do not see was filled in, perhaps by your browser. It is empty again. Everything else you typed is still here: please send it again.

## At the fields

error-email-empty = Enter your university email address.
error-email-too-long = Enter an address of at most { $max } characters.
error-email-malformed = Enter an address like name@example.edu.
error-email-unsafe = Use an address that has only letters, digits and . _ - + ' before the @ and does not begin with a hyphen.
error-email-not-admitted = This address cannot be used here. Enter the one your university gave you, or write to { $support } if this is it.
error-email-registered = There is an account for this address already. If you can no longer sign in, write to { $support }.
error-first-name-empty = Enter your first name.
error-first-name-too-long = Enter a first name of at most { $max } characters.
error-first-name-forbidden = The first name has a character that cannot be part of a name. Remove it.
error-first-name-no-letter = The first name needs at least one letter.
error-last-name-empty = Enter your family name.
error-last-name-too-long = Enter a family name of at most { $max } characters.
error-last-name-forbidden = The family name has a character that cannot be part of a name. Remove it.
error-last-name-no-letter = The family name needs at least one letter.
error-name-one = { $field }: fill in this field as well. If you have only one name, write it in both fields.
error-name-sign = { $field }: remove signs such as = + @ : / \ | < > # and a hyphen at the beginning. No name has them.
error-name-digit = { $field }: remove the digits. Write a number as a Roman numeral, such as III, or as 2nd.
error-name-web-address = { $field }: this looks like a web address. Write only your name, with a space after each full stop.
error-name-word = { $field }: this has a word that is not allowed in names here, because it suggests an office or a company. Write only your own name, or write to { $support } if this is it.
error-name-no-username = No username can be made from this name. Write it in Latin letters, or write to { $support }.
error-name-reserved = The username made from this name is reserved. Please write to { $support }.
error-username-choose = Choose one of the usernames.
error-consent-microsoft = Tick this box: without your consent we cannot create the account at Microsoft.
error-consent-terms = Tick this box: without it we cannot create the account.

error-code-malformed = Enter the six digits from the email.
error-code-wrong =
    { $left ->
        [one] That is not the code. You have one more try.
       *[other] That is not the code. You have { $left } more tries.
    }
error-code-too-many = There were too many wrong codes. Ask for a new one below.
error-code-expired = This code is too old. Ask for a new one below.

## Pages of their own

error-reference = Reference:
error-reference-hint = If you write to { $support }, mention this reference: it shows us what happened.

error-not-found-title = This page does not exist
error-not-found-text = The address may have been cut off or mistyped. If you were looking for your request, use the whole address, or fill in the form again: this does not create a second account.
error-method-title = This page cannot be used that way
error-method-text = Open the form and send it from there.
error-bad-request-title = We could not read what was sent
error-bad-request-text = Something in it was incomplete or damaged. Open the form and send it again.
error-too-large-title = Too much was sent
error-too-large-text = What was sent is far larger than this form can be. Open the form and send it again.
error-media-type-title = We could not read what was sent
error-media-type-text = Only the form of this page can be sent here. Open it and send it again.
error-cross-site-title = This was sent from another page
error-cross-site-text = For your safety we only accept the form when it is sent from this site. Open it here and send it again.
error-unavailable-title = We need a moment
error-unavailable-text = We cannot reach our records right now. Nothing you sent before is lost: please try again in a minute.
error-internal-title = Something went wrong
error-internal-text = The fault is ours and has been noted. Please try again in a moment.

## Limits

error-too-many-title = Too many attempts
error-too-many-text =
    { $minutes ->
        [one] There were too many attempts in a short time, perhaps by others who share your internet connection. Please try again in a minute.
       *[other] There were too many attempts in a short time, perhaps by others who share your internet connection. Please try again in { $minutes } minutes.
    }
error-too-many-kept =
    { $minutes ->
        [one] Too many requests came in a short time, perhaps from others who share your internet connection. What you typed is still here: please send it again in a minute.
       *[other] Too many requests came in a short time, perhaps from others who share your internet connection. What you typed is still here: please send it again in { $minutes } minutes.
    }
