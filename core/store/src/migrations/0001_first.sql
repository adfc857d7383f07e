-- Times are milliseconds since 1970. References are `kind:uuid` as in model::RecordRef.
-- Bodies are packed (core/packing); those of rows with `restricted` = 1 are then sealed under the second key, and all else
-- of these rows is metadata.

CREATE TABLE device (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    identity        BLOB NOT NULL,
    signing_key     BLOB NOT NULL,
    -- Of the newest own change, and what the next batch names as its previous.
    seq             INTEGER NOT NULL DEFAULT 0,
    previous        BLOB NOT NULL,
    stamp_ms        INTEGER NOT NULL DEFAULT 0,
    stamp_n         INTEGER NOT NULL DEFAULT 0,
    acknowledged    INTEGER NOT NULL DEFAULT 0,
    epoch           TEXT NOT NULL DEFAULT '',
    -- The newest that the hub gave.
    receipt         BLOB,
    -- The version of the rulebook that claims, places and lists were made by.
    rulebook        TEXT NOT NULL DEFAULT '',
    -- Why it can't go on with the hub, which needs another enrolment; NULL if it can.
    ended           TEXT,
    sync_finished   INTEGER,
    clock_offset_ms INTEGER
) STRICT;

CREATE TABLE feed (
    feed     TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    -- Of the entry there, if the hub told it.
    mark     BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE certificate (
    device TEXT PRIMARY KEY,
    body   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Those that this program can't read, as they came, and the version of the program that could not.
CREATE TABLE certificate_aside (
    body    BLOB PRIMARY KEY,
    program TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE form (
    id      TEXT NOT NULL,
    version TEXT NOT NULL,
    newest  INTEGER NOT NULL,
    entry   BLOB NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE form_file (
    n       INTEGER PRIMARY KEY,
    form    TEXT NOT NULL,
    version TEXT NOT NULL,
    name    TEXT NOT NULL,
    body    BLOB NOT NULL,
    UNIQUE (form, version, name),
    FOREIGN KEY (form, version) REFERENCES form (id, version) ON DELETE CASCADE
) STRICT;

-- Versions that the office published and this phone could not take.
CREATE TABLE form_refused (
    id      TEXT NOT NULL,
    version TEXT NOT NULL,
    -- As listed.
    entry   BLOB NOT NULL,
    code    TEXT NOT NULL,
    -- The version of the program that has its files and can't read them: only another asks for them again.
    program TEXT,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
    n          INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    form       TEXT NOT NULL,
    version    TEXT NOT NULL,
    about      TEXT,
    restricted INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    title      BLOB NOT NULL,
    -- What the form was prefilled from, in the words of whoever made the draft.
    basis      BLOB NOT NULL,
    -- Answers that a newer version of the form had no place for.
    set_aside  BLOB,
    snapshot   BLOB
) STRICT;

CREATE TABLE draft_answer (
    n     INTEGER PRIMARY KEY,
    draft TEXT NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    body  BLOB NOT NULL
) STRICT;
CREATE INDEX draft_answer_draft ON draft_answer (draft);

CREATE TABLE draft_photo (
    n         INTEGER PRIMARY KEY,
    draft     TEXT NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    address   TEXT NOT NULL,
    thumbnail TEXT NOT NULL,
    body      BLOB NOT NULL,
    UNIQUE (draft, name)
) STRICT;

CREATE TABLE record (
    n          INTEGER PRIMARY KEY,
    reference  TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    -- What it says itself of its place: rulebook::Claim.
    parent     TEXT,
    top        INTEGER NOT NULL,
    claims     TEXT,
    -- Where it stands: rulebook::Placement. NULL while a parent is not here, or nothing says whose the root is.
    root       TEXT,
    feed       TEXT,
    restricted INTEGER NOT NULL,
    removed    INTEGER NOT NULL,
    body       BLOB NOT NULL
) STRICT;
CREATE INDEX record_parent ON record (parent);
CREATE INDEX record_root ON record (root, kind);
CREATE INDEX record_kind ON record (kind);

-- The feeds that brought a record and have not taken it back: a record is here while it is in one of them.
CREATE TABLE record_feed (
    record INTEGER NOT NULL REFERENCES record (n) ON DELETE CASCADE,
    feed   TEXT NOT NULL,
    PRIMARY KEY (record, feed)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_feed_feed ON record_feed (feed);

-- Of records that move by a workflow what lists and clocks read, so that a list reads no whole bodies.
CREATE TABLE progress (
    n          INTEGER PRIMARY KEY REFERENCES record (n) ON DELETE CASCADE,
    reference  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    root       TEXT,
    restricted INTEGER NOT NULL,
    -- Of a sealed row always 0: only who opens it learns that.
    is_over    INTEGER NOT NULL,
    -- What lists call the root; NULL where they don't show it.
    root_title TEXT,
    body       BLOB NOT NULL
) STRICT;
CREATE INDEX progress_root ON progress (root);

-- What lists show and search looks through; made from records, never restricted ones.
CREATE TABLE listing (
    n         INTEGER PRIMARY KEY REFERENCES record (n) ON DELETE CASCADE,
    reference TEXT NOT NULL UNIQUE,
    kind      TEXT NOT NULL,
    -- Folded title.
    sort      TEXT NOT NULL,
    -- YYYY-MM-DD
    due       TEXT,
    -- Folded, a blank before each.
    words     TEXT NOT NULL,
    -- rulebook::Listing
    body      TEXT NOT NULL
) STRICT;
-- With the words: a search reads only this, and the table for the rows of its page.
CREATE INDEX listing_sort ON listing (kind, sort, reference, words);
-- Of all rows: the narrowest to count by.
CREATE INDEX listing_due ON listing (kind, due);

-- Batches of this device.
CREATE TABLE outbox (
    first_seq  INTEGER PRIMARY KEY,
    last_seq   INTEGER NOT NULL,
    -- Hash of its statement.
    statement  BLOB NOT NULL,
    restricted INTEGER NOT NULL
) STRICT;

-- Apart, so that nothing which is noted of a batch touches its body: a page of it alone (ADR 8).
CREATE TABLE outbox_body (
    first_seq INTEGER PRIMARY KEY REFERENCES outbox (first_seq) ON DELETE CASCADE,
    body      BLOB NOT NULL
) STRICT;

CREATE TABLE outbox_change (
    seq       INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL REFERENCES outbox (first_seq) ON DELETE CASCADE,
    record    TEXT NOT NULL,
    -- The submission it came from, also where the batch doesn't name it.
    cause     TEXT
) STRICT;
CREATE INDEX outbox_change_batch ON outbox_change (first_seq);
CREATE INDEX outbox_change_record ON outbox_change (record);

-- Devices that this folder was before, and their batches that the hub had: it may be restored from a backup.
CREATE TABLE former (
    n           INTEGER PRIMARY KEY,
    device      TEXT NOT NULL UNIQUE,
    signing_key BLOB NOT NULL
) STRICT;

CREATE TABLE former_batch (
    n          INTEGER PRIMARY KEY,
    former     INTEGER NOT NULL REFERENCES former (n) ON DELETE CASCADE,
    first_seq  INTEGER NOT NULL,
    last_seq   INTEGER NOT NULL,
    statement  BLOB NOT NULL,
    restricted INTEGER NOT NULL,
    cause      TEXT,
    -- When its device ended.
    at         INTEGER NOT NULL,
    -- As in outbox_body.
    body       BLOB NOT NULL,
    UNIQUE (former, first_seq)
) STRICT;

-- When the hub had all up to and with this change, a batch's last.
CREATE TABLE acknowledgement (
    through INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL
) STRICT;

-- Batches that the hub holds back: 'waiting', 'denied' or 'refused', with its code.
CREATE TABLE held (
    first_seq INTEGER PRIMARY KEY REFERENCES outbox (first_seq) ON DELETE CASCADE,
    outcome   TEXT NOT NULL,
    code      TEXT NOT NULL,
    -- Of one that was denied: what of it, as JSON, and whether that was put back here.
    parts     TEXT NOT NULL DEFAULT '[]',
    settled   INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Orders to erase, as the office signed them.
CREATE TABLE erasure (
    id     BLOB PRIMARY KEY,
    body   BLOB NOT NULL,
    -- Restricted rows were locked when it came: it is still to be carried out in them.
    locked INTEGER NOT NULL,
    -- The hub knows it: not, after it was restored from a backup.
    told   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Entries of feeds that could not be taken, as they came, with the reason and the version of the program that tried.
CREATE TABLE aside (
    n          INTEGER PRIMARY KEY,
    feed       TEXT NOT NULL,
    -- The last of so many.
    position   INTEGER NOT NULL,
    positions  INTEGER NOT NULL,
    -- The body is a page of batches (ADR 8), else the entry as JSON.
    is_page    INTEGER NOT NULL,
    -- When each of them was received, as JSON.
    received   TEXT NOT NULL,
    code       TEXT NOT NULL,
    program    TEXT NOT NULL,
    restricted INTEGER NOT NULL,
    body       BLOB NOT NULL,
    UNIQUE (feed, position)
) STRICT;

CREATE TABLE blob (
    n          INTEGER PRIMARY KEY,
    address    TEXT NOT NULL UNIQUE,
    record     TEXT NOT NULL,
    size       INTEGER NOT NULL,
    thumbnail  INTEGER NOT NULL,
    restricted INTEGER NOT NULL,
    uploaded   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX blob_pending ON blob (n) WHERE uploaded = 0;
