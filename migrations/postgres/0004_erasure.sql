-- Requests for an address with a tombstone: when that was found. They get a mail and no account.
ALTER TABLE signup ADD COLUMN declined_at BIGINT;

-- Random keys of the site, each sealed with the configured secret.
CREATE TABLE site_key (
    name       TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    sealed     TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Erased addresses that get no second account: keyed hashes of the address and of the mailbox behind it.
CREATE TABLE tombstone (
    address    TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    person     TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    -- The last mail to the owner that said why there is no account.
    noticed_at BIGINT
);

CREATE INDEX tombstone_person ON tombstone (person);
CREATE INDEX tombstone_created ON tombstone (created_at);
