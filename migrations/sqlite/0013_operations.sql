-- Signups, accounts and operations apart. A signup is a request. An account is a user in a tenant, whoever asked for it.
-- An operation is one durable unit of work on a signup, an account or the site, and its steps are its effects.

CREATE TABLE account (
    -- The id of the signup that made it, which is also the marker on the tenant's user.
    id          TEXT PRIMARY KEY NOT NULL,
    -- provisioning, active, disabled, deleted or erased
    state       TEXT NOT NULL,
    -- signup or import
    origin      TEXT NOT NULL,
    email       TEXT,
    -- The account that the form counts for an address and for its mailbox. Further accounts of a person, in other
    -- tenants, have neither key.
    email_key   TEXT UNIQUE,
    person_key  TEXT,
    tenant      TEXT NOT NULL,
    domain      TEXT NOT NULL,
    username    TEXT,
    object_id   TEXT,
    -- The sign-in name where the tenant has another one than the account was created with.
    principal   TEXT,
    -- When the user was found to be missing in the tenant.
    gone_at     INTEGER,
    -- When the owner of the address was last reminded of the account.
    reminded_at INTEGER,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    UNIQUE (domain, username)
) STRICT;

CREATE TABLE new_signup (
    id              TEXT PRIMARY KEY NOT NULL,
    form_nonce      TEXT NOT NULL UNIQUE,
    -- awaiting_confirmation, open, done, voided or erased
    state           TEXT NOT NULL,
    -- The account that the signup made, or the one that a further request for the same address is for.
    account_id      TEXT REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED,
    is_further      INTEGER NOT NULL DEFAULT 0,
    -- The operation that carries the signup out, or did so last.
    operation_id    INTEGER,
    email           TEXT,
    first_name      TEXT,
    last_name       TEXT,
    locale          TEXT NOT NULL,
    profile         TEXT NOT NULL,
    tenant          TEXT NOT NULL,
    domain          TEXT NOT NULL,
    username_base   TEXT,
    shown_username  TEXT,
    -- 1 where a user may exist although the signup is not confirmed, as after a failover or a restore.
    may_have_user   INTEGER NOT NULL DEFAULT 0,
    confirm_round   INTEGER NOT NULL DEFAULT 0,
    confirm_until   INTEGER,
    wrong_codes     INTEGER NOT NULL DEFAULT 0,
    -- A keyed hash of the address while the request waits for its confirmation, or was closed instead.
    address_hash    TEXT,
    consent_version TEXT NOT NULL,
    consent_at      INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    delivered_at    INTEGER,
    done_at         INTEGER,
    declined_at     INTEGER,
    undelivered_at  INTEGER,
    -- When the page of a further request was told that the account is gone.
    gone_at         INTEGER,
    resets          INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE operation (
    id               INTEGER PRIMARY KEY NOT NULL,
    kind             TEXT NOT NULL,
    -- The subject: a signup, an account, or the site where both are missing.
    signup_id        TEXT REFERENCES new_signup (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    account_id       TEXT REFERENCES account (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    -- What an operation of the site is about, such as the kind of an alert; empty for the others.
    target           TEXT NOT NULL DEFAULT '',
    -- The tenant whose queue it is in; empty for operations of the site.
    tenant           TEXT NOT NULL,
    -- The step that is next or under way.
    step             TEXT NOT NULL,
    -- Dependency of that step: tenant, mail, background or nothing.
    needs            TEXT NOT NULL,
    -- 1 once a worker has taken up the step: its effect may have happened.
    begun            INTEGER NOT NULL DEFAULT 0,
    -- 1 where an earlier claim had begun the step.
    in_doubt         INTEGER NOT NULL DEFAULT 0,
    lease_token      TEXT,
    -- When a worker takes it up; under a lease, when the lease ends.
    due_at           INTEGER,
    attempts         INTEGER NOT NULL DEFAULT 0,
    waiting          TEXT,
    attention        TEXT,
    last_error       TEXT,
    trying_since     INTEGER NOT NULL,
    -- When admins were mailed that it needs attention.
    alerted_at       INTEGER,
    -- The password, sealed for the signup's id.
    sealed           TEXT,
    -- How often the sealed password has replaced another.
    password_changes INTEGER NOT NULL DEFAULT 0,
    requester_kind   TEXT NOT NULL,
    requester        TEXT,
    reason           TEXT,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    finished_at      INTEGER
) STRICT;

CREATE TABLE new_step (
    operation_id INTEGER NOT NULL REFERENCES operation (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,
    target       TEXT NOT NULL,
    state        TEXT NOT NULL,
    attempts     INTEGER NOT NULL,
    error        TEXT,
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER,
    PRIMARY KEY (operation_id, kind, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE new_event (
    seq          INTEGER PRIMARY KEY,
    signup_id    TEXT REFERENCES new_signup (id) ON DELETE CASCADE,
    account_id   TEXT REFERENCES account (id) ON DELETE CASCADE,
    operation_id INTEGER,
    at           INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    detail       TEXT NOT NULL
) STRICT;

CREATE TABLE new_confirmation_round (
    signup_id  TEXT NOT NULL REFERENCES new_signup (id) ON DELETE CASCADE,
    round      INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (signup_id, round)
) STRICT, WITHOUT ROWID;

CREATE TABLE new_account_check (
    signup_id TEXT PRIMARY KEY NOT NULL REFERENCES new_signup (id) ON DELETE CASCADE,
    asked_at  INTEGER NOT NULL,
    due_at    INTEGER,
    misses    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Who owns an address, a username or a user has an account. Erased signups that had one are not told apart from others.
INSERT INTO account (id, state, origin, email, email_key, person_key, tenant, domain, username, object_id, principal,
    gone_at, reminded_at, created_at, updated_at)
SELECT id, CASE WHEN stage = 'erased' THEN 'erased' WHEN object_id IS NULL AND profile <> 'imported' THEN 'provisioning'
    ELSE 'active' END,
    CASE WHEN profile = 'imported' AND tenant = 'imported' THEN 'import' ELSE 'signup' END,
    email, email_key, person_key, tenant, domain, username, object_id, principal, gone_at, reminded_at, created_at,
    updated_at
FROM signup
WHERE duplicate_of IS NULL AND declined_at IS NULL AND stage NOT IN ('awaiting_confirmation', 'voided');

-- One operation for each signup that goes on, waits for a person, or has steps. Its step is where the signup goes on: once the
-- delivery was intended it is to be delivered, unless a new password may or may not be set; once a POST was intended the
-- user may exist; a POST that was clearly refused, or never intended, left nothing.
INSERT INTO operation (kind, signup_id, tenant, step, needs, begun, in_doubt, lease_token, due_at, attempts, waiting,
    attention, last_error, trying_since, alerted_at, sealed, password_changes, requester_kind, created_at, updated_at,
    finished_at)
SELECT CASE WHEN stage IN ('awaiting_confirmation', 'voided') THEN 'confirm_address'
        WHEN next_step IN ('create_user', 'entitle') THEN 'provision' WHEN resets > 0 THEN 'reset_password'
        WHEN duplicate_of IS NOT NULL OR declined_at IS NOT NULL THEN 'answer_request' ELSE 'provision' END,
    id, tenant, next_step,
    CASE WHEN next_step IN ('create_user', 'entitle', 'reset_password') THEN 'tenant' ELSE 'mail' END,
    CASE WHEN next_step = 'create_user' THEN
            CASE stage WHEN 'queued' THEN 0 WHEN 'needs_attention' THEN creation ELSE 1 END
        WHEN next_step = 'reset_password' THEN resetting ELSE 1 END,
    0, lease_token, due_at, attempts, waiting, attention, last_error, trying_since, alerted_at, sealed, password_changes,
    'visitor', created_at, updated_at,
    CASE WHEN due_at IS NULL AND stage <> 'needs_attention' THEN updated_at END
FROM (
    SELECT signup.*, creation, resetting,
        CASE WHEN stage IN ('awaiting_confirmation', 'voided') THEN 'send_code'
            WHEN declined_at IS NOT NULL THEN 'send_notice'
            WHEN duplicate_of IS NOT NULL THEN 'send_reminder'
            WHEN stage = 'queued' THEN 'create_user'
            WHEN stage = 'resetting' THEN 'reset_password'
            WHEN stage = 'provisioning' AND object_id IS NULL THEN 'create_user'
            WHEN stage = 'provisioning' THEN 'entitle'
            WHEN stage IN ('delivering', 'done') THEN CASE WHEN resets > 0 THEN 'send_new_password' ELSE 'send_password' END
            WHEN object_id IS NULL THEN 'create_user'
            WHEN resets > 0 AND resetting = 1 THEN 'reset_password'
            WHEN missing > 0 OR deliverable = 0 THEN 'entitle'
            WHEN resets > 0 THEN 'send_new_password'
            ELSE 'send_password' END AS next_step
    FROM signup JOIN (
        SELECT id AS of_signup,
            COALESCE(MAX(CASE WHEN step.kind = 'create_user' AND step.state <> 'failed' THEN 1 ELSE 0 END), 0) AS creation,
            COALESCE(MAX(CASE WHEN step.kind = 'reset_password' AND step.state = 'intended' THEN 1 ELSE 0 END), 0)
                AS resetting,
            COALESCE(MAX(CASE WHEN step.kind IN ('send_password', 'send_new_password') THEN 1 ELSE 0 END), 0)
                AS deliverable,
            COALESCE(MAX(CASE WHEN step.kind IN ('assign_licence', 'join_group') AND step.state <> 'done' THEN 1 ELSE 0
                END), 0) AS missing,
            COUNT(step.kind) AS steps
        FROM signup LEFT JOIN step ON step.signup_id = signup.id
        GROUP BY id
    ) AS facts ON facts.of_signup = signup.id
    WHERE stage <> 'erased'
        AND (due_at IS NOT NULL OR stage IN ('awaiting_confirmation', 'needs_attention') OR steps > 0)
) AS planned
ORDER BY created_at, id;

CREATE INDEX operation_signup ON operation (signup_id, id) WHERE signup_id IS NOT NULL;

INSERT INTO new_signup (id, form_nonce, state, account_id, is_further, operation_id, email, first_name, last_name, locale,
    profile, tenant, domain, username_base, shown_username, may_have_user, confirm_round, confirm_until, wrong_codes,
    address_hash, consent_version, consent_at, created_at, updated_at, delivered_at, done_at, declined_at, undelivered_at,
    gone_at, resets)
SELECT id, form_nonce,
    CASE WHEN stage IN ('awaiting_confirmation', 'done', 'voided', 'erased') THEN stage ELSE 'open' END,
    (SELECT account.id FROM account WHERE account.id = COALESCE(signup.duplicate_of, signup.id)),
    CASE WHEN duplicate_of IS NULL THEN 0 ELSE 1 END,
    (SELECT operation.id FROM operation WHERE operation.signup_id = signup.id), email, first_name, last_name, locale,
    profile, tenant, domain, username_base, shown_username,
    CASE WHEN stage = 'awaiting_confirmation'
        AND EXISTS (SELECT 1 FROM step WHERE step.signup_id = signup.id AND step.kind = 'create_user') THEN 1 ELSE 0 END,
    confirm_round, confirm_until, wrong_codes, address_hash, consent_version, consent_at, created_at, updated_at,
    delivered_at, done_at, declined_at, undelivered_at, CASE WHEN duplicate_of IS NULL THEN NULL ELSE gone_at END, resets
FROM signup;

INSERT INTO new_step (operation_id, kind, target, state, attempts, error, started_at, finished_at)
SELECT operation.id, step.kind, step.target, step.state, step.attempts, step.error, step.started_at, step.finished_at
FROM step JOIN operation ON operation.signup_id = step.signup_id;

INSERT INTO new_event (seq, signup_id, at, kind, detail) SELECT seq, signup_id, at, kind, detail FROM event;
INSERT INTO new_confirmation_round SELECT signup_id, round, expires_at FROM confirmation_round;
INSERT INTO new_account_check SELECT signup_id, asked_at, due_at, misses FROM account_check;

DROP TABLE step;
DROP TABLE event;
DROP TABLE confirmation_round;
DROP TABLE account_check;
DROP TABLE signup;
ALTER TABLE new_signup RENAME TO signup;
ALTER TABLE new_step RENAME TO step;
ALTER TABLE new_event RENAME TO event;
ALTER TABLE new_confirmation_round RENAME TO confirmation_round;
ALTER TABLE new_account_check RENAME TO account_check;

-- Owners without the key of their mailbox. When the account that has the key goes, the oldest of them gets it.
CREATE UNIQUE INDEX account_person_key ON account (person_key) WHERE person_key IS NOT NULL;
CREATE INDEX account_without_person_key ON account (email_key) WHERE person_key IS NULL AND email_key IS NOT NULL;
-- The signup that made an account, and the further requests for it.
CREATE INDEX signup_account ON signup (account_id, is_further) WHERE account_id IS NOT NULL;
-- What an admin reads: the newest first, of all or of one state.
CREATE INDEX signup_newest ON signup (created_at, id);
CREATE INDEX signup_state_newest ON signup (state, created_at, id);
CREATE INDEX signup_address_hash ON signup (address_hash, created_at, id) WHERE address_hash IS NOT NULL;
-- What the worker claims: only rows with something left to do are in it.
CREATE INDEX operation_due ON operation (tenant, due_at, needs) WHERE due_at IS NOT NULL;
CREATE INDEX operation_account ON operation (account_id, id) WHERE account_id IS NOT NULL;
-- One row for each operation of the site.
CREATE UNIQUE INDEX operation_site ON operation (kind, target) WHERE signup_id IS NULL AND account_id IS NULL;
CREATE INDEX operation_attention ON operation (created_at, id) WHERE attention IS NOT NULL;
CREATE INDEX event_signup ON event (signup_id, seq) WHERE signup_id IS NOT NULL;
CREATE INDEX event_account ON event (account_id, seq) WHERE account_id IS NOT NULL;
CREATE INDEX account_check_due ON account_check (due_at, signup_id) WHERE due_at IS NOT NULL;
