-- Every key begins with the office, so that offices can be sharded. Times are milliseconds since 1970.
-- Ids are their 16 bytes, a record is its id with its kind's name behind it. What is called packed: db/pack.rs.
-- Tables with large bodies keep their rowid; the others don't need one. Each index names the query that it is for.

CREATE TABLE office (
    office BLOB NOT NULL PRIMARY KEY,
    hub BLOB NOT NULL,
    -- One for all feeds; a restored backup gets a new one, and so does a hub that finds that it was rewound.
    epoch TEXT NOT NULL,
    -- When it last found that.
    rewound_at INTEGER,
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
    -- How often something that a feed had shown was taken out of it: what was made for sending before is stale.
    taken_out INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE leaf (
    office BLOB NOT NULL PRIMARY KEY,
    certificate BLOB NOT NULL,
    key BLOB NOT NULL,
    names TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    office BLOB NOT NULL,
    id BLOB NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    -- Blank-separated: `commune:00070 province:15`.
    places TEXT NOT NULL,
    on_duty INTEGER NOT NULL DEFAULT 0,
    -- Argon2id, PHC string.
    password TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- The administrator who did; null: at the command line.
    added_by BLOB,
    -- When they last came to the console.
    login_at INTEGER,
    -- When they last looked at their devices.
    looked_at INTEGER,
    disabled_at INTEGER,
    PRIMARY KEY (office, id),
    UNIQUE (office, login)
) STRICT;

CREATE TABLE sessions (
    office BLOB NOT NULL,
    token_hash BLOB NOT NULL,
    user BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (office, token_hash)
) STRICT, WITHOUT ROWID;

-- Who read what of restricted cases, and what was done about users and their devices.
CREATE TABLE audit (
    office BLOB NOT NULL,
    id BLOB NOT NULL,
    at INTEGER NOT NULL,
    -- Null: at the command line.
    user BLOB,
    action TEXT NOT NULL,
    -- A record, or a user's id.
    subject TEXT NOT NULL,
    PRIMARY KEY (office, id)
) STRICT, WITHOUT ROWID;
-- What was done about a user.
CREATE INDEX audit_subject ON audit (office, subject);

-- Another device that an administrator wants for a user: waits for who agrees.
CREATE TABLE wishes (
    office BLOB NOT NULL,
    user BLOB NOT NULL,
    asked_by BLOB NOT NULL,
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (office, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
    office BLOB NOT NULL,
    code_hash BLOB NOT NULL,
    user BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- Made when the user had no device.
    is_first INTEGER NOT NULL,
    used_at INTEGER,
    -- What it made: the same phone may ask again.
    device BLOB,
    PRIMARY KEY (office, code_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    office BLOB NOT NULL,
    id BLOB NOT NULL,
    user BLOB NOT NULL,
    name TEXT NOT NULL,
    -- As it last told: the app's, and that of its messages.
    app_version TEXT NOT NULL,
    speaks INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    certificate TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    enrolled_at INTEGER NOT NULL,
    last_seen_at INTEGER,
    -- When it last pulled to the end.
    last_sync_at INTEGER,
    -- How it fared by then: wire::pull::Condition as JSON.
    condition TEXT NOT NULL DEFAULT '{}',
    revoked_at INTEGER,
    -- Whose work goes on here: its folder was that device's, and what was unsent of it is made anew.
    continues BLOB,
    received_seq INTEGER NOT NULL DEFAULT 0,
    -- What the next batch names as its previous.
    previous BLOB NOT NULL,
    PRIMARY KEY (office, id),
    UNIQUE (office, token_hash)
) STRICT;
-- A user's devices.
CREATE INDEX devices_user ON devices (office, user);

-- Received batches.
CREATE TABLE batches (
    office BLOB NOT NULL,
    device BLOB NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    -- Hash of its statement: what is known by it is the same batch.
    statement BLOB NOT NULL,
    -- A page of it alone (ADR 8), packed.
    body BLOB NOT NULL,
    -- Values of it were erased.
    erased INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    -- When it was admitted after it had waited: the device hears of it at its next pulls.
    late_at INTEGER,
    PRIMARY KEY (office, device, first_seq)
) STRICT;
-- What was decided since it waited.
CREATE INDEX batches_late ON batches (office, device, late_at) WHERE late_at IS NOT NULL;

-- The changes of received batches: an id stands once.
CREATE TABLE changes (
    office BLOB NOT NULL,
    id BLOB NOT NULL,
    -- Its batch, and its place there from 0.
    device BLOB NOT NULL,
    first_seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (office, id)
) STRICT, WITHOUT ROWID;
-- A record that moves takes all its changes along.
CREATE INDEX changes_record ON changes (office, record);

-- Batches that are not admitted: small, so that deciding never looks at what is.
CREATE TABLE waiting (
    office BLOB NOT NULL,
    device BLOB NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    -- Why it waits or was denied; null until it was decided once.
    code TEXT,
    -- The record that something must happen to first.
    waits_for BLOB,
    -- To be decided: it is new, or what it waited for has happened.
    due INTEGER NOT NULL DEFAULT 1,
    -- The receiving side agreed to what it moves.
    agreed INTEGER NOT NULL DEFAULT 0,
    -- What of it isn't allowed, as JSON: it stays here for good. Null for one that waits.
    denied TEXT,
    decided_at INTEGER,
    -- Of its packed body.
    bytes INTEGER NOT NULL,
    PRIMARY KEY (office, device, first_seq)
) STRICT, WITHOUT ROWID;
-- What is to be decided.
CREATE INDEX waiting_due ON waiting (office, device, first_seq) WHERE due = 1;
-- A record came.
CREATE INDEX waiting_for ON waiting (office, waits_for) WHERE waits_for IS NOT NULL;

-- Of each device what has come of a batch before the rest: neither acknowledged nor shown.
CREATE TABLE staged (
    office BLOB NOT NULL,
    device BLOB NOT NULL,
    statement BLOB NOT NULL,
    -- As in batches.
    body BLOB NOT NULL,
    PRIMARY KEY (office, device)
) STRICT;

-- Devices whose key was used twice, with the proof: two statements for one number, as they were signed.
CREATE TABLE forks (
    office BLOB NOT NULL,
    device BLOB NOT NULL,
    received BLOB NOT NULL,
    received_signature BLOB NOT NULL,
    other BLOB NOT NULL,
    other_signature BLOB NOT NULL,
    found_at INTEGER NOT NULL,
    PRIMARY KEY (office, device)
) STRICT, WITHOUT ROWID;

-- Orders to erase, as the office signed them.
CREATE TABLE orders (
    office BLOB NOT NULL,
    id BLOB NOT NULL,
    body TEXT NOT NULL,
    taken_at INTEGER NOT NULL,
    PRIMARY KEY (office, id)
) STRICT;

-- What they cover: of a change that may come later, too.
CREATE TABLE ordered (
    office BLOB NOT NULL,
    change BLOB NOT NULL,
    field TEXT NOT NULL,
    -- The order.
    id BLOB NOT NULL,
    PRIMARY KEY (office, change, field)
) STRICT, WITHOUT ROWID;

-- What was acknowledged in this epoch, numbered: receipts name the newest.
CREATE TABLE acknowledged (
    office BLOB NOT NULL,
    n INTEGER NOT NULL,
    -- Of it and all before it: db/mark.rs.
    mark BLOB NOT NULL,
    PRIMARY KEY (office, n)
) STRICT, WITHOUT ROWID;

-- Records as the admitted changes make them.
CREATE TABLE records (
    office BLOB NOT NULL,
    record BLOB NOT NULL,
    kind TEXT NOT NULL,
    parent BLOB,
    -- The household or case at the top; itself for a root.
    root BLOB NOT NULL,
    feed TEXT NOT NULL,
    -- The change that alone made it what it is: then its state is what that change says.
    made_by BLOB,
    -- Else model::RecordState as JSON, packed.
    state BLOB,
    removed INTEGER NOT NULL DEFAULT 0,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (office, record),
    CHECK ((made_by IS NULL) <> (state IS NULL))
) STRICT;
-- A page, a list's row, what moves: all below a root.
CREATE INDEX records_root ON records (office, root, record);
-- The list of what was taken out.
CREATE INDEX records_removed ON records (office, feed) WHERE removed = 1;
-- The list of cases.
CREATE INDEX records_case ON records (office, feed) WHERE kind = 'case';

-- What lists show and search looks through; made from records, never restricted ones.
CREATE TABLE listing (
    office BLOB NOT NULL,
    record BLOB NOT NULL,
    -- One more than that of any row before: who keeps lists in memory reads what is newer.
    n INTEGER NOT NULL,
    -- Null for a record that went.
    feed TEXT,
    -- Folded title.
    sort TEXT NOT NULL,
    -- Folded, a blank before each.
    words TEXT NOT NULL,
    -- rulebook::Listing as JSON, packed.
    body BLOB NOT NULL,
    PRIMARY KEY (office, record)
) STRICT, WITHOUT ROWID;
-- What is newer.
CREATE UNIQUE INDEX listing_n ON listing (office, n);

CREATE TABLE feeds (
    office BLOB NOT NULL,
    feed TEXT NOT NULL,
    -- The newest position.
    n INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (office, feed)
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_entries (
    office BLOB NOT NULL,
    feed TEXT NOT NULL,
    position INTEGER NOT NULL,
    -- Of a put: the batch. Of a leave: null.
    device BLOB,
    first_seq INTEGER,
    -- The places of its changes that the feed shows, four bytes each; null for all.
    shows BLOB,
    -- Of a leave: the record that went, and when. Of a put of which nothing is shown any more: a record that went, and
    -- it is read as its leave.
    left_record BLOB,
    left_at INTEGER,
    -- Of the entry and all before it: cursors name it.
    mark BLOB NOT NULL,
    PRIMARY KEY (office, feed, position),
    CHECK ((device IS NULL) = (left_at IS NOT NULL) AND (device IS NOT NULL OR left_record IS NOT NULL))
) STRICT, WITHOUT ROWID;
-- The list of what moved away.
CREATE INDEX feed_entries_left ON feed_entries (office, feed, left_at) WHERE left_at IS NOT NULL;
-- What shows a batch of which something is erased, or went to another feed.
CREATE INDEX feed_entries_batch ON feed_entries (office, device, first_seq) WHERE device IS NOT NULL;
-- Where a record has been.
CREATE INDEX feed_entries_record ON feed_entries (office, left_record) WHERE left_at IS NOT NULL;

-- How far each device has read.
CREATE TABLE cursors (
    office BLOB NOT NULL,
    device BLOB NOT NULL,
    feed TEXT NOT NULL,
    -- As it said itself.
    position INTEGER NOT NULL,
    -- Of what it was sent and may have.
    sent INTEGER NOT NULL,
    PRIMARY KEY (office, device, feed)
) STRICT, WITHOUT ROWID;

-- Who may see a restricted case: its case_member records, ready to look up.
CREATE TABLE case_members (
    office BLOB NOT NULL,
    case_id BLOB NOT NULL,
    user BLOB NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (office, user, case_id, record)
) STRICT, WITHOUT ROWID;
-- A member's record changed.
CREATE INDEX case_members_record ON case_members (office, record);
-- Who manages a case.
CREATE INDEX case_members_case ON case_members (office, case_id);

-- Its household or case is its record's root.
CREATE TABLE submissions (
    office BLOB NOT NULL,
    record BLOB NOT NULL,
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    author BLOB NOT NULL,
    finished_at TEXT NOT NULL,
    -- How many answers the hub's own evaluation sees otherwise.
    differing INTEGER NOT NULL,
    -- Which: packed JSON, [{"path": …, "code": …}]; values are left out.
    differences BLOB NOT NULL,
    PRIMARY KEY (office, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE forms (
    office BLOB NOT NULL,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    title TEXT NOT NULL,
    newest INTEGER NOT NULL,
    published_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    PRIMARY KEY (office, id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE form_files (
    office BLOB NOT NULL,
    form TEXT NOT NULL,
    version TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (office, form, version, name)
) STRICT;

-- Ciphertexts by address, whole; the bytes lie in the photo folder.
CREATE TABLE blobs (
    office BLOB NOT NULL,
    address TEXT NOT NULL,
    size INTEGER NOT NULL,
    -- Who brought it.
    device BLOB NOT NULL,
    kept_at INTEGER NOT NULL,
    PRIMARY KEY (office, address)
) STRICT, WITHOUT ROWID;
-- What a device brought of late.
CREATE INDEX blobs_device ON blobs (office, device, kept_at, size);

-- Uploads under way, each its device's.
CREATE TABLE uploads (
    office BLOB NOT NULL,
    device BLOB NOT NULL,
    address TEXT NOT NULL,
    -- Names the file of what has come.
    part BLOB NOT NULL,
    -- Of the whole.
    size INTEGER NOT NULL,
    -- When bytes last came.
    touched_at INTEGER NOT NULL,
    PRIMARY KEY (office, device, address)
) STRICT, WITHOUT ROWID;

-- Which ciphertexts received batches name, admitted or not.
CREATE TABLE photos (
    office BLOB NOT NULL,
    -- The batch.
    device BLOB NOT NULL,
    first_seq INTEGER NOT NULL,
    address TEXT NOT NULL,
    record BLOB NOT NULL,
    size INTEGER NOT NULL,
    thumbnail INTEGER NOT NULL,
    PRIMARY KEY (office, device, first_seq, address)
) STRICT, WITHOUT ROWID;
-- Who may send an address, and whether anything names it.
CREATE INDEX photos_address ON photos (office, address, device);

-- About how many rows there are, and how many each further column of an index leaves. Without that the planner takes it
-- that the office, the first column everywhere, picks ten rows of a table, and reads all of it where an index is at hand.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('users', 'sqlite_autoindex_users_1', '1000 1000 1'),
    ('users', 'sqlite_autoindex_users_2', '1000 1000 1'),
    ('devices', 'sqlite_autoindex_devices_1', '2000 2000 1'),
    ('devices', 'sqlite_autoindex_devices_2', '2000 2000 1'),
    ('devices', 'devices_user', '2000 2000 3'),
    ('audit', 'audit', '100000 100000 1'),
    ('audit', 'audit_subject', '100000 100000 50'),
    ('batches', 'sqlite_autoindex_batches_1', '300000 300000 1000 1'),
    ('changes', 'changes', '1000000 1000000 1'),
    ('changes', 'changes_record', '1000000 1000000 5'),
    ('waiting', 'waiting', '5000 5000 100 1'),
    ('waiting', 'waiting_due', '500 500 10 1'),
    ('waiting', 'waiting_for', '5000 5000 20'),
    ('records', 'sqlite_autoindex_records_1', '1000000 1000000 1'),
    ('records', 'records_root', '1000000 1000000 20 1'),
    ('records', 'records_removed', '1000 1000 10'),
    ('records', 'records_case', '10000 10000 5'),
    ('listing', 'listing', '50000 50000 1'),
    ('listing', 'listing_n', '50000 50000 1'),
    ('feed_entries', 'feed_entries', '300000 300000 3000 1'),
    ('feed_entries', 'feed_entries_batch', '300000 300000 1000 2'),
    ('feed_entries', 'feed_entries_left', '2000 2000 20 1'),
    ('feed_entries', 'feed_entries_record', '2000 2000 2'),
    ('cursors', 'cursors', '20000 20000 20 1'),
    ('submissions', 'submissions', '100000 100000 1'),
    ('blobs', 'blobs', '200000 200000 1'),
    ('blobs', 'blobs_device', '200000 200000 1000 10 10 1'),
    ('uploads', 'uploads', '1000 1000 10 1'),
    ('photos', 'photos', '200000 200000 1000 2 1'),
    ('photos', 'photos_address', '200000 200000 1 1'),
    ('acknowledged', 'acknowledged', '500000 500000 1');
ANALYZE sqlite_schema;
