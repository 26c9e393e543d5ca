-- The switch that closes the form and the API for new signups: it has one row while they are closed.
CREATE TABLE signups_closed (
    id        INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    closed_at INTEGER NOT NULL
) STRICT;
