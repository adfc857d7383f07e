-- Files of forms and packs by their hash, each once, whoever names it; swept when nothing does. What form_file holds came
-- before this table and stands until its version goes.
CREATE TABLE content (
    n      INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    -- Packed (core/packing).
    body   BLOB NOT NULL
) STRICT;

-- Publications of packs that the office signed.
CREATE TABLE pack (
    serial    INTEGER PRIMARY KEY,
    id        TEXT NOT NULL,
    -- As it came.
    statement BLOB NOT NULL,
    -- It is in the office's list as it was taken last.
    listed    INTEGER NOT NULL,
    -- Why this phone can't work by it; NULL if it can.
    code      TEXT,
    -- The version of the program that found this; NULL: another try may do.
    program   TEXT
) STRICT;
CREATE INDEX pack_id ON pack (id);

-- What the office's last list had that no statement of this office is, or that would take back a newer one.
CREATE TABLE pack_refused (
    n       INTEGER PRIMARY KEY,
    id      TEXT NOT NULL,
    version TEXT NOT NULL,
    title   TEXT NOT NULL,
    code    TEXT NOT NULL
) STRICT;

-- Which publications made a rulebook: the present one, and those that drafts began under.
CREATE TABLE stack (
    version TEXT PRIMARY KEY,
    -- JSON, in their order.
    serials TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The rulebook that it began under; NULL: the program's own.
ALTER TABLE draft ADD COLUMN rulebook TEXT;
-- What its questions and choices are called (core/casework), so that a page need not read the form; NULL: not known yet.
ALTER TABLE form ADD COLUMN labels BLOB;
-- The rulebook that it could not be read with: another is another try.
ALTER TABLE form_refused ADD COLUMN rulebook TEXT;
