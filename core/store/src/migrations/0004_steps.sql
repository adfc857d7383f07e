-- When a hub received the record of a step, and when it had last received anything of its device before: by these goes
-- what its author could do then. Milliseconds since 1970.
CREATE TABLE arrival (
    reference TEXT PRIMARY KEY,
    received  INTEGER NOT NULL,
    since     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE aside ADD COLUMN since INTEGER;

-- Where records stand is worked out anew from their steps: rows have another body, and say by when something is due.
DROP TABLE progress;
CREATE TABLE progress (
    n          INTEGER PRIMARY KEY REFERENCES record (n) ON DELETE CASCADE,
    reference  TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    root       TEXT,
    restricted INTEGER NOT NULL,
    -- Of a sealed row always 0: only who opens it learns that.
    is_over    INTEGER NOT NULL,
    -- When the first of its deadlines ends, milliseconds since 1970; NULL: none runs, or the row is sealed.
    due        INTEGER,
    -- What lists call the root; NULL where they don't show it.
    root_title TEXT,
    body       BLOB NOT NULL
) STRICT;
CREATE INDEX progress_root ON progress (root);
CREATE INDEX progress_due ON progress (kind, restricted, is_over, due);

-- The step that is taken when a draft is finished; NULL: none.
ALTER TABLE draft ADD COLUMN step BLOB;

-- Made by no rulebook: with the next one all rows are made anew.
UPDATE device SET rulebook = '';
