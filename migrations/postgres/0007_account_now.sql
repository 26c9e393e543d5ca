-- What the tenant said of the account when a mail last named it: its sign-in name where that is another than the one it
-- was created with, and since when there is no such user any more.
ALTER TABLE signup ADD COLUMN principal TEXT;
ALTER TABLE signup ADD COLUMN gone_at BIGINT;
