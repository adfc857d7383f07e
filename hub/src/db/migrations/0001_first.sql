-- Every key begins with the office, so that offices can be sharded. Times are milliseconds since 1970.
-- Tables with large bodies keep their rowid; the others don't need one.

CREATE TABLE office (
    office TEXT NOT NULL PRIMARY KEY,
    hub TEXT NOT NULL,
    -- One for all feeds; a restored backup gets a new one.
    epoch TEXT NOT NULL,
    -- Ed25519, PKCS#8: signs device certificates.
    signing_key BLOB NOT NULL,
    -- X25519, the public half; the private one is kept offline.
    recovery_key BLOB NOT NULL,
    ca_certificate BLOB NOT NULL,
    ca_key BLOB NOT NULL,
    -- Where `serve` last listened; invitations name it.
    address TEXT,
    -- The version of the rulebook that lists were made by.
    rulebook TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE leaf (
    office TEXT NOT NULL PRIMARY KEY,
    certificate BLOB NOT NULL,
    key BLOB NOT NULL,
    names TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Blank-separated: `commune:00070 province:15`.
    places TEXT NOT NULL,
    on_duty INTEGER NOT NULL DEFAULT 0,
    -- Argon2id, PHC string.
    password TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    PRIMARY KEY (office, id),
    UNIQUE (office, login)
) STRICT;

CREATE TABLE sessions (
    office TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    user TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (office, token_hash)
) STRICT, WITHOUT ROWID;

-- Who read what of restricted cases.
CREATE TABLE audit (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    user TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (office, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
    office TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    user TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (office, code_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    app_version TEXT NOT NULL,
    public_key BLOB NOT NULL,
    certificate TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    enrolled_at INTEGER NOT NULL,
    last_seen_at INTEGER,
    -- When it last pulled to the end.
    last_sync_at INTEGER,
    revoked_at INTEGER,
    received_seq INTEGER NOT NULL DEFAULT 0,
    -- Digest of the change with that seq: what the next one chains to.
    last_digest BLOB,
    PRIMARY KEY (office, id),
    UNIQUE (office, token_hash)
) STRICT;

-- Received changes, as the exact bytes that were signed.
CREATE TABLE changes (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    device TEXT NOT NULL,
    seq INTEGER NOT NULL,
    record TEXT NOT NULL,
    batch TEXT NOT NULL,
    batch_index INTEGER NOT NULL,
    batch_count INTEGER NOT NULL,
    digest BLOB NOT NULL,
    body TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    -- When it entered its feed; null while it waits.
    admitted_at INTEGER,
    -- Admitted after it had waited: the device hears of it at its next pulls.
    waited INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (office, id),
    UNIQUE (office, device, seq)
) STRICT;
CREATE INDEX changes_record ON changes (office, record);
CREATE INDEX changes_waited ON changes (office, device, admitted_at) WHERE waited = 1;

-- Batches that are not admitted: small, so that deciding never looks at what is.
CREATE TABLE waiting (
    office TEXT NOT NULL,
    device TEXT NOT NULL,
    batch TEXT NOT NULL,
    -- Its changes lie between these.
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    -- Why it waits; null until it was decided once.
    code TEXT,
    -- The record that must come first.
    waits_for TEXT,
    PRIMARY KEY (office, device, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_for ON waiting (office, waits_for);

-- Records as the admitted changes make them.
CREATE TABLE records (
    office TEXT NOT NULL,
    -- `household:<uuid>`
    record TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT,
    -- The household or case at the top; itself for a root.
    root TEXT NOT NULL,
    feed TEXT NOT NULL,
    -- `model::RecordState` as JSON.
    state TEXT NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (office, record)
) STRICT;
CREATE INDEX records_parent ON records (office, parent) WHERE parent IS NOT NULL;
CREATE INDEX records_root ON records (office, root, record);
CREATE INDEX records_feed ON records (office, feed, kind);
CREATE INDEX records_kind ON records (office, kind);

-- What lists show and search looks through; made from records, never restricted ones.
CREATE TABLE listing (
    office TEXT NOT NULL,
    record TEXT NOT NULL,
    kind TEXT NOT NULL,
    feed TEXT NOT NULL,
    -- Folded title.
    sort TEXT NOT NULL,
    -- YYYY-MM-DD
    due TEXT,
    -- Folded, a blank before each.
    words TEXT NOT NULL,
    -- rulebook::Listing
    body TEXT NOT NULL,
    PRIMARY KEY (office, record)
) STRICT;
-- With the words: a search reads only this, and the table for the rows of its page.
CREATE INDEX listing_sort ON listing (office, kind, sort, record, feed, words);

CREATE TABLE feeds (
    office TEXT NOT NULL,
    feed TEXT NOT NULL,
    -- The newest position.
    n INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (office, feed)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_entries (
    office TEXT NOT NULL,
    feed TEXT NOT NULL,
    position INTEGER NOT NULL,
    -- Of a put: the change. Of a leave: null.
    change TEXT,
    -- Of a leave: the record that went.
    left_record TEXT,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (office, feed, position),
    CHECK ((change IS NULL) <> (left_record IS NULL))
) STRICT, WITHOUT ROWID;

-- Who may see a restricted case: its case_member records, ready to look up.
CREATE TABLE case_members (
    office TEXT NOT NULL,
    case_id TEXT NOT NULL,
    user TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (office, case_id, user, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_members_user ON case_members (office, user, case_id);
CREATE INDEX case_members_record ON case_members (office, record);

CREATE TABLE submissions (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    change TEXT NOT NULL,
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    root TEXT NOT NULL,
    author TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    -- JSON: [{"path": …, "code": …}], what the hub's own evaluation sees otherwise; values are left out.
    differences TEXT NOT NULL,
    flagged INTEGER NOT NULL,
    PRIMARY KEY (office, id)
) STRICT;
CREATE INDEX submissions_root ON submissions (office, root);

CREATE TABLE forms (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    newest INTEGER NOT NULL,
    published_at INTEGER NOT NULL,
    PRIMARY KEY (office, id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE form_files (
    office TEXT NOT NULL,
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (office, form, version, name)
) STRICT;

-- Ciphertexts by address; the bytes lie in the photo folder.
CREATE TABLE blobs (
    office TEXT NOT NULL,
    address TEXT NOT NULL,
    size INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    whole_at INTEGER,
    PRIMARY KEY (office, address)
) STRICT, WITHOUT ROWID;

-- Which blobs a photo record speaks of.
CREATE TABLE photos (
    office TEXT NOT NULL,
    record TEXT NOT NULL,
    root TEXT NOT NULL,
    address TEXT NOT NULL,
    thumbnail TEXT NOT NULL,
    PRIMARY KEY (office, record)
) STRICT, WITHOUT ROWID;
