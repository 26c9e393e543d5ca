-- The processes that use the database. Each renews its row; one that was not renewed for a minute counts as gone. The
-- schema is changed only while no process is there that does not know the new one.
CREATE TABLE process (
    id         TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    host       TEXT NOT NULL,
    pid        BIGINT NOT NULL,
    version    TEXT NOT NULL,
    -- The number of the newest migration that it knows.
    schema     BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
);
