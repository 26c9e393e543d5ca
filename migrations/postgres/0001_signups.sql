-- One row per request for an account. Times are milliseconds since 1970-01-01T00:00:00Z.
-- Keys sort by their bytes, as in SQLite, so that ranges of usernames need no other index.
CREATE TABLE signup (
    id              TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    form_nonce      TEXT COLLATE "C" NOT NULL UNIQUE,
    stage           TEXT COLLATE "C" NOT NULL,
    claimed_from    TEXT NOT NULL,
    duplicate_of    TEXT COLLATE "C" REFERENCES signup (id),
    email           TEXT,
    email_key       TEXT COLLATE "C" UNIQUE,
    first_name      TEXT,
    last_name       TEXT,
    locale          TEXT NOT NULL,
    profile         TEXT NOT NULL,
    tenant          TEXT COLLATE "C" NOT NULL,
    domain          TEXT COLLATE "C" NOT NULL,
    username        TEXT COLLATE "C",
    username_base   TEXT,
    shown_username  TEXT,
    object_id       TEXT,
    sealed          TEXT,
    lease_token     TEXT,
    due_at          BIGINT,
    attempts        BIGINT NOT NULL DEFAULT 0,
    waiting         TEXT,
    attention       TEXT,
    last_error      TEXT,
    confirm_round   BIGINT NOT NULL DEFAULT 0,
    confirm_until   BIGINT,
    wrong_codes     BIGINT NOT NULL DEFAULT 0,
    consent_version TEXT NOT NULL,
    consent_at      BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    trying_since    BIGINT NOT NULL,
    delivered_at    BIGINT,
    reminded_at     BIGINT,
    done_at         BIGINT,
    resets          BIGINT NOT NULL DEFAULT 0,
    alerted_at      BIGINT,
    UNIQUE (domain, username)
);

-- What the worker claims: only rows with something left to do are in it.
CREATE INDEX signup_due ON signup (tenant, due_at, stage) WHERE due_at IS NOT NULL;
CREATE INDEX signup_duplicate_of ON signup (duplicate_of) WHERE duplicate_of IS NOT NULL;
-- What an admin reads: the newest first, of all or of one stage.
CREATE INDEX signup_newest ON signup (created_at, id);
CREATE INDEX signup_stage_newest ON signup (stage, created_at, id);

-- One row per effect: written as intended before it happens, with its outcome after.
CREATE TABLE step (
    signup_id   TEXT COLLATE "C" NOT NULL REFERENCES signup (id) ON DELETE CASCADE,
    kind        TEXT COLLATE "C" NOT NULL,
    target      TEXT COLLATE "C" NOT NULL,
    state       TEXT NOT NULL,
    attempts    BIGINT NOT NULL,
    error       TEXT,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (signup_id, kind, target)
);

-- The audit trail: what happened when, without personal data.
CREATE TABLE event (
    seq       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    signup_id TEXT COLLATE "C" NOT NULL REFERENCES signup (id) ON DELETE CASCADE,
    at        BIGINT NOT NULL,
    kind      TEXT NOT NULL,
    detail    TEXT NOT NULL
);

CREATE INDEX event_signup ON event (signup_id, seq);

-- Which request a program's key stands for, for a day: what a secret has made of both.
CREATE TABLE idempotency_key (
    id       TEXT PRIMARY KEY NOT NULL,
    request  TEXT NOT NULL,
    taken_at BIGINT NOT NULL
);

CREATE INDEX idempotency_key_taken ON idempotency_key (taken_at);

-- Mails to admins, one row per kind: from when on the next may go, and who is about to send it.
CREATE TABLE alert (
    kind       TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    due_at     BIGINT NOT NULL,
    turn_token TEXT
);

-- What they have told; of a signup, its own row says so.
CREATE TABLE alert_told (
    kind    TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);
