-- Reading the accounts of finished signups in the tenant, asked for by their pages: when a page last asked, when the
-- worker is to read (none when it has), and how many reads in a row have found no user.
CREATE TABLE account_check (
    signup_id TEXT PRIMARY KEY NOT NULL REFERENCES signup (id) ON DELETE CASCADE,
    asked_at  INTEGER NOT NULL,
    due_at    INTEGER,
    misses    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX account_check_due ON account_check (due_at, signup_id) WHERE due_at IS NOT NULL;
