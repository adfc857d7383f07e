-- What the office said of its keys and this phone followed, as it was signed: which key is pinned says the identity.
CREATE TABLE office_key (
    n    INTEGER PRIMARY KEY,
    step BLOB NOT NULL
) STRICT;
