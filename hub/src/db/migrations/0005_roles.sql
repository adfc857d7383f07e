-- Statements have numbers above this: those below may have been given before the hub was restored.
ALTER TABLE office ADD COLUMN statements_left_out INTEGER NOT NULL DEFAULT 0;

-- What the office said of its users' roles and places, for ever.
CREATE TABLE role_statements (
    office BLOB NOT NULL,
    -- Of all statements, growing.
    serial INTEGER NOT NULL,
    user BLOB NOT NULL,
    -- wire::roles::SignedRole as it travels.
    body TEXT NOT NULL,
    PRIMARY KEY (office, serial)
) STRICT;
-- The last of a user.
CREATE INDEX role_statements_user ON role_statements (office, user, serial);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('role_statements', 'sqlite_autoindex_role_statements_1', '5000 5000 1'),
    ('role_statements', 'role_statements_user', '5000 5000 5 1');
ANALYZE sqlite_schema;
