-- Publications have serials above this: those below may have been given before the hub was restored.
ALTER TABLE office ADD COLUMN serials_left_out INTEGER NOT NULL DEFAULT 0;

-- Packs that were proposed; of them those with a serial are published, and stay as they are for good.
CREATE TABLE packs (
    office BLOB NOT NULL,
    -- Of proposals, from 1.
    number INTEGER NOT NULL,
    -- Of publications, growing.
    serial INTEGER,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    title_vi TEXT NOT NULL,
    title_en TEXT NOT NULL,
    -- yyyy-mm-dd, in Viet Nam.
    first_day TEXT NOT NULL,
    -- wire::packs::SignedPack as it travels.
    manifest TEXT,
    -- Null: at the command line.
    proposed_by BLOB,
    proposed_at INTEGER NOT NULL,
    -- Who agreed or refused; null at the command line, too.
    decided_by BLOB,
    decided_at INTEGER,
    PRIMARY KEY (office, number),
    CHECK ((serial IS NULL) = (manifest IS NULL) AND (serial IS NULL OR decided_at IS NOT NULL))
) STRICT;
-- A publication; the newest one.
CREATE UNIQUE INDEX packs_serial ON packs (office, serial) WHERE serial IS NOT NULL;

-- The files of a pack, those of its forms' sheets too. Of one that was refused: none.
CREATE TABLE pack_files (
    office BLOB NOT NULL,
    number INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    PRIMARY KEY (office, number, path)
) STRICT, WITHOUT ROWID;
-- Who names a body.
CREATE INDEX pack_files_body ON pack_files (office, sha256);

-- What files hold, once, whoever names it.
CREATE TABLE pack_bodies (
    office BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    -- Packed.
    body BLOB NOT NULL,
    PRIMARY KEY (office, sha256)
) STRICT;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('packs', 'sqlite_autoindex_packs_1', '200 200 1'),
    ('packs', 'packs_serial', '200 200 1'),
    ('pack_files', 'pack_files', '20000 20000 100 1'),
    ('pack_files', 'pack_files_body', '20000 20000 20'),
    ('pack_bodies', 'sqlite_autoindex_pack_bodies_1', '2000 2000 1');
ANALYZE sqlite_schema;
