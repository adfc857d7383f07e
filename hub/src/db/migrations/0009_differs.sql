-- Steps that were taken before their conditions held, by what the hub knew when it received them.
CREATE TABLE differs (
    office BLOB NOT NULL,
    step BLOB NOT NULL,
    -- The record that it is a step of.
    record BLOB NOT NULL,
    -- Ids of conditions.csv, with blanks between.
    conditions TEXT NOT NULL,
    -- When somebody who answers for it had looked, and who.
    seen_at INTEGER,
    seen_by BLOB,
    PRIMARY KEY (office, step)
) STRICT, WITHOUT ROWID;
CREATE INDEX differs_record ON differs (office, record);
-- Those that nobody has looked at.
CREATE INDEX differs_unseen ON differs (office, record) WHERE seen_at IS NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('differs', 'differs', '1000 1000 1'),
    ('differs', 'differs_record', '1000 1000 2'),
    ('differs', 'differs_unseen', '100 100 2');
ANALYZE sqlite_schema;
