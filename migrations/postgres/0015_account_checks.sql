-- Reads of accounts for pages are operations of their signups: one row for each page, which becomes due again and again.

INSERT INTO operation (kind, signup_id, tenant, step, needs, due_at, attempts, trying_since, requester_kind, created_at,
    updated_at, finished_at)
SELECT 'check_account', signup.id, signup.tenant, 'read_account', 'background', due_at, misses, asked_at, 'visitor',
    asked_at, asked_at, CASE WHEN due_at IS NULL THEN asked_at END
FROM account_check JOIN signup ON signup.id = account_check.signup_id
ORDER BY asked_at, signup.id;

-- A table with checks to come gets no index.
SET CONSTRAINTS ALL IMMEDIATE;

DROP TABLE account_check;

CREATE UNIQUE INDEX operation_check ON operation (signup_id) WHERE kind = 'check_account';
-- Work for which nobody's signup waits is looked for apart.
CREATE INDEX operation_background ON operation (due_at) WHERE needs = 'background' AND due_at IS NOT NULL;
