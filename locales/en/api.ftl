# What programs are told that use the API, or rather the people who write them.

## Requests that cannot be answered

api-not-found = There is nothing at this address.
api-method = This address does not take this method. The Allow header names those it takes.
api-bad-request = The request could not be read: something in it was incomplete or damaged.
api-too-large = The body is far larger than a request can be.
api-media-type = Send the body as JSON, with the header Content-Type: application/json.
api-cross-site = Pages of the site that sent this request may not use the API.
api-not-json = The body is not valid JSON.
api-key-malformed = The Idempotency-Key must have 16 to 255 letters, digits or other visible ASCII characters.
api-key-other-title = This Idempotency-Key stands for another request
api-key-other-text = Send another request with a key of its own.

## Requests with fields that cannot be used

api-invalid-title = The request cannot be used as it is
api-invalid-text = The list of errors says what to change.
api-not-object = The body must be a JSON object.
api-not-text = This field must be text.
api-unknown-field = There is no such field.
api-consent = Name the version of the consent texts that the person has agreed to. The current one is { $version }.
api-username = Choose one of these usernames: { $usernames }.
