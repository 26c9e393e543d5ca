-- The processes that use the database. Each renews its row; one that was not renewed for a minute counts as gone. The
-- schema is changed only while no process is there that does not know the new one.
CREATE TABLE process (
    id         TEXT PRIMARY KEY NOT NULL,
    host       TEXT NOT NULL,
    pid        INTEGER NOT NULL,
    version    TEXT NOT NULL,
    -- The number of the newest migration that it knows.
    schema     INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
