-- The office's keys, one after the other: the last is in use (office.signing_key).
CREATE TABLE office_keys (
    office BLOB NOT NULL,
    -- The first is 0.
    serial INTEGER NOT NULL,
    -- Ed25519, the public half.
    key BLOB NOT NULL,
    -- By what phones go on to it (wire::keys::Step); NULL: it is the first.
    step TEXT,
    -- Who signs replacements, as this key says it (wire::keys::RecoverySigner); NULL: not known.
    recovery TEXT,
    since INTEGER NOT NULL,
    PRIMARY KEY (office, serial)
) STRICT, WITHOUT ROWID;
-- Ed25519, the public half of what the recovery key signs with; NULL: it was put away before anybody asked.
ALTER TABLE office ADD COLUMN recovery_signer BLOB;
-- Ed25519, PKCS#8: signs receipts, so that a hub that was put back to before a change of keys knows them for its own;
-- NULL: signing_key does.
ALTER TABLE office ADD COLUMN receipt_key BLOB;
