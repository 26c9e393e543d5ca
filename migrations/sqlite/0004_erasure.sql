-- Requests for an address with a tombstone: when that was found. They get a mail and no account.
ALTER TABLE signup ADD COLUMN declined_at INTEGER;

-- Random keys of the site, each sealed with the configured secret.
CREATE TABLE site_key (
    name       TEXT PRIMARY KEY NOT NULL,
    sealed     TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Erased addresses that get no second account: keyed hashes of the address and of the mailbox behind it.
CREATE TABLE tombstone (
    address    TEXT PRIMARY KEY NOT NULL,
    person     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- The last mail to the owner that said why there is no account.
    noticed_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX tombstone_person ON tombstone (person);
CREATE INDEX tombstone_created ON tombstone (created_at);
