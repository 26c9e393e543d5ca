-- Since when the mail that went out last is known to have come back. A further mail clears it.
ALTER TABLE signup ADD COLUMN undelivered_at BIGINT;
