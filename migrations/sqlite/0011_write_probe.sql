-- The rows that readiness checks write, to see that writes are committed. Each process draws the number of its row, so
-- that several processes do not wait for each other and the table stays small.
CREATE TABLE write_probe (
    slot       INTEGER PRIMARY KEY NOT NULL,
    written_at INTEGER NOT NULL,
    padding    TEXT NOT NULL
);

-- When the key was sealed with the secret_key of now; NULL while that is the secret_key it was created under.
ALTER TABLE site_key ADD COLUMN sealed_at INTEGER;
