-- Confirming an address by links that stay valid for their time, and the mails that an address gets.

-- A keyed hash of the address (HMAC) while a request waits for its confirmation, or was closed instead: it finds the
-- requests for one address. Rows of earlier versions have none.
ALTER TABLE signup ADD COLUMN address_hash TEXT;
CREATE INDEX signup_address_hash ON signup (address_hash, created_at, id) WHERE address_hash IS NOT NULL;

-- One row per mailed code: until when its link is valid.
CREATE TABLE confirmation_round (
    signup_id  TEXT NOT NULL REFERENCES signup (id) ON DELETE CASCADE,
    round      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (signup_id, round)
) STRICT, WITHOUT ROWID;

INSERT INTO confirmation_round (signup_id, round, expires_at)
SELECT id, confirm_round, confirm_until FROM signup
WHERE stage = 'awaiting_confirmation' AND confirm_round > 0 AND confirm_until IS NOT NULL;

-- One row per mail to an address, over all its requests, as long as a limit counts it. The number decides between
-- processes that count at the same moment.
CREATE TABLE mail_sent (
    address_hash TEXT NOT NULL,
    number       INTEGER NOT NULL,
    mail         TEXT NOT NULL,
    sent_at      INTEGER NOT NULL,
    PRIMARY KEY (address_hash, number),
    UNIQUE (address_hash, mail)
) STRICT, WITHOUT ROWID;

CREATE INDEX mail_sent_at ON mail_sent (sent_at);
