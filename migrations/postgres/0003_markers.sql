-- In which properties a tenant refuses the marker that ties a new user to its signup.
CREATE TABLE tenant_marker (
    tenant     TEXT COLLATE "C" NOT NULL,
    property   TEXT COLLATE "C" NOT NULL,
    reason     TEXT NOT NULL,
    refused_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, property)
);

-- How often the sealed password was replaced: a user that a lost answer left behind may have an earlier one.
ALTER TABLE signup ADD COLUMN password_changes BIGINT NOT NULL DEFAULT 0;
