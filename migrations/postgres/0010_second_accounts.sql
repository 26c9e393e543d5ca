-- The timeline of the server that this database was last used on. Another one means a failover to a standby, which may
-- lack the last writes.
CREATE TABLE database_timeline (
    id       BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    timeline TEXT NOT NULL
);

-- Owners without the key of their mailbox. When the row that has the key goes, the oldest of them gets it.
CREATE INDEX signup_without_person_key ON signup (email_key) WHERE person_key IS NULL AND email_key IS NOT NULL;

-- Without the rows that have no key: these are not to be looked for by it.
DROP INDEX signup_person_key;
CREATE UNIQUE INDEX signup_person_key ON signup (person_key) WHERE person_key IS NOT NULL;

-- Where that row has gone already, the key is free.
WITH owner AS (
    SELECT id, created_at, email_key, strpos(email_key, '@') AS domain, strpos(email_key, '+') AS tag
    FROM signup
    WHERE person_key IS NULL AND email_key IS NOT NULL
), mailbox AS (
    SELECT id, created_at,
        CASE WHEN tag BETWEEN 2 AND domain THEN substr(email_key, 1, tag - 1) || substr(email_key, domain)
            ELSE email_key END AS person_key
    FROM owner
), ranked AS (
    SELECT id, person_key, row_number() OVER (PARTITION BY person_key ORDER BY created_at, id) AS place
    FROM mailbox
    WHERE NOT EXISTS (SELECT 1 FROM signup AS holder WHERE holder.person_key = mailbox.person_key)
)
UPDATE signup SET person_key = ranked.person_key FROM ranked WHERE ranked.id = signup.id AND ranked.place = 1;
