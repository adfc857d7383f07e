-- A device that is no phone: the hub holds it for a user who writes in the console. Nobody knows a token for it.
ALTER TABLE devices ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
-- Of one that is held and in use: its Ed25519 key (PKCS#8), sealed under the file desk.key.
ALTER TABLE devices ADD COLUMN sealed_key BLOB;
