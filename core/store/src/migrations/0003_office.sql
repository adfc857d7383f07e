-- What the office said of its users' roles and places, by its number, for ever.
CREATE TABLE role_statement (
    serial  INTEGER PRIMARY KEY,
    -- NULL: `program`, the version of the program that kept it, can't read it.
    user    TEXT,
    program TEXT NOT NULL,
    body    BLOB NOT NULL
) STRICT;
CREATE INDEX role_statement_user ON role_statement (user, serial);

-- The number of the last one that came, whether it was taken or not.
ALTER TABLE device ADD COLUMN statements_read INTEGER NOT NULL DEFAULT 0;

-- What the office said of its keys and this phone followed, as it was signed: which key is pinned says the identity.
CREATE TABLE office_key (
    n    INTEGER PRIMARY KEY,
    step BLOB NOT NULL
) STRICT;
