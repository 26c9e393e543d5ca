-- The mailbox that an owner's address belongs to: lower case, without `+tag`. One account for each.
ALTER TABLE signup ADD COLUMN person_key TEXT;

-- Of several owners with sub-addresses of one mailbox, the oldest gets the key. The others keep their accounts.
WITH owner AS (
    SELECT id, created_at, email_key, instr(email_key, '@') AS domain, instr(email_key, '+') AS tag
    FROM signup
    WHERE email_key IS NOT NULL
), keyed AS (
    SELECT id, created_at,
        CASE WHEN tag BETWEEN 2 AND domain THEN substr(email_key, 1, tag - 1) || substr(email_key, domain)
            ELSE email_key END AS person_key
    FROM owner
), ranked AS (
    SELECT id, person_key, row_number() OVER (PARTITION BY person_key ORDER BY created_at, id) AS place
    FROM keyed
)
UPDATE signup SET person_key = ranked.person_key FROM ranked WHERE ranked.id = signup.id AND ranked.place = 1;

CREATE UNIQUE INDEX signup_person_key ON signup (person_key);
