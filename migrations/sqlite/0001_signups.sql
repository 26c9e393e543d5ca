-- One row per request for an account. Times are milliseconds since 1970-01-01T00:00:00Z.
CREATE TABLE signup (
    id              TEXT PRIMARY KEY NOT NULL,
    form_nonce      TEXT NOT NULL UNIQUE,
    stage           TEXT NOT NULL,
    claimed_from    TEXT NOT NULL,
    duplicate_of    TEXT REFERENCES signup (id),
    email           TEXT,
    email_key       TEXT UNIQUE,
    first_name      TEXT,
    last_name       TEXT,
    locale          TEXT NOT NULL,
    profile         TEXT NOT NULL,
    tenant          TEXT NOT NULL,
    domain          TEXT NOT NULL,
    username        TEXT,
    username_base   TEXT,
    shown_username  TEXT,
    object_id       TEXT,
    sealed          TEXT,
    lease_token     TEXT,
    due_at          INTEGER,
    attempts        INTEGER NOT NULL DEFAULT 0,
    waiting         TEXT,
    attention       TEXT,
    last_error      TEXT,
    confirm_round   INTEGER NOT NULL DEFAULT 0,
    confirm_until   INTEGER,
    wrong_codes     INTEGER NOT NULL DEFAULT 0,
    consent_version TEXT NOT NULL,
    consent_at      INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    trying_since    INTEGER NOT NULL,
    delivered_at    INTEGER,
    reminded_at     INTEGER,
    done_at         INTEGER,
    resets          INTEGER NOT NULL DEFAULT 0,
    alerted_at      INTEGER,
    UNIQUE (domain, username)
) STRICT;

-- What the worker claims: only rows with something left to do are in it.
CREATE INDEX signup_due ON signup (tenant, due_at, stage) WHERE due_at IS NOT NULL;
CREATE INDEX signup_duplicate_of ON signup (duplicate_of) WHERE duplicate_of IS NOT NULL;
-- What an admin reads: the newest first, of all or of one stage.
CREATE INDEX signup_newest ON signup (created_at, id);
CREATE INDEX signup_stage_newest ON signup (stage, created_at, id);

-- One row per effect: written as intended before it happens, with its outcome after.
CREATE TABLE step (
    signup_id   TEXT NOT NULL REFERENCES signup (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    target      TEXT NOT NULL,
    state       TEXT NOT NULL,
    attempts    INTEGER NOT NULL,
    error       TEXT,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (signup_id, kind, target)
) STRICT, WITHOUT ROWID;

-- The audit trail: what happened when, without personal data.
CREATE TABLE event (
    seq       INTEGER PRIMARY KEY,
    signup_id TEXT NOT NULL REFERENCES signup (id) ON DELETE CASCADE,
    at        INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    detail    TEXT NOT NULL
) STRICT;

CREATE INDEX event_signup ON event (signup_id, seq);

-- Which request a program's key stands for, for a day: what a secret has made of both.
CREATE TABLE idempotency_key (
    id       TEXT PRIMARY KEY NOT NULL,
    request  TEXT NOT NULL,
    taken_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_key_taken ON idempotency_key (taken_at);

-- Mails to admins, one row per kind: from when on the next may go, and who is about to send it.
CREATE TABLE alert (
    kind       TEXT PRIMARY KEY NOT NULL,
    due_at     INTEGER NOT NULL,
    turn_token TEXT
) STRICT;

-- What they have told; of a signup, its own row says so.
CREATE TABLE alert_told (
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
