-- The issuer's store, version 1. Times are milliseconds since 1970 (core::Wall); digests and ids are text; signed
-- documents are the exact bytes that were signed. Nothing here is a secret in plain: keys, papers and resume
-- identities are age files, codes, tokens and passwords are hashed.

CREATE TABLE keys (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    card TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('proctor', 'operator')),
    password TEXT NOT NULL,
    added INTEGER NOT NULL
) STRICT;

CREATE TABLE logins (
    token TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    ends INTEGER NOT NULL
) STRICT;

CREATE TABLE programmes (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    loaded INTEGER NOT NULL
) STRICT;

CREATE TABLE packs (
    digest TEXT PRIMARY KEY,
    exam TEXT NOT NULL,
    title TEXT NOT NULL,
    items INTEGER NOT NULL,
    public INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    paper BLOB NOT NULL,
    added INTEGER NOT NULL
) STRICT;

CREATE TABLE administrations (
    id TEXT PRIMARY KEY,
    programme TEXT NOT NULL REFERENCES programmes (id),
    certification TEXT NOT NULL,
    exam TEXT NOT NULL,
    opens INTEGER NOT NULL,
    closes INTEGER NOT NULL,
    policy TEXT NOT NULL,
    supervision TEXT NOT NULL,
    pack TEXT NOT NULL REFERENCES packs (digest),
    start_code TEXT NOT NULL,
    resume_code TEXT NOT NULL,
    start_sealed TEXT,
    resume_recipient TEXT NOT NULL,
    resume_sealed TEXT NOT NULL,
    resume_identity BLOB NOT NULL,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE candidates (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE sittings (
    id TEXT PRIMARY KEY,
    administration TEXT NOT NULL REFERENCES administrations (id),
    candidate TEXT NOT NULL REFERENCES candidates (id),
    code TEXT NOT NULL UNIQUE,
    accommodation TEXT NOT NULL,
    created INTEGER NOT NULL,
    -- The epoch that the present code gives; the one that may write is the last in leases.
    epoch INTEGER NOT NULL DEFAULT 0,
    -- From the first redemption on:
    admission BLOB,
    -- Facts of the log that other tables and other sittings need without replaying it:
    size INTEGER NOT NULL DEFAULT 0,
    head TEXT,
    began INTEGER,
    closed INTEGER,
    received INTEGER,
    flagged INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sittings_of_candidate ON sittings (candidate);

CREATE TABLE leases (
    sitting TEXT NOT NULL REFERENCES sittings (id),
    epoch INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    recipient TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    PRIMARY KEY (sitting, epoch)
) STRICT;

CREATE TABLE starts (
    sitting TEXT NOT NULL REFERENCES sittings (id),
    digest TEXT NOT NULL,
    bytes BLOB NOT NULL,
    given INTEGER NOT NULL,
    PRIMARY KEY (sitting, digest)
) STRICT;

CREATE TABLE records (
    sitting TEXT NOT NULL REFERENCES sittings (id),
    seq INTEGER NOT NULL,
    line BLOB NOT NULL,
    PRIMARY KEY (sitting, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE openings (
    sitting TEXT NOT NULL,
    seq INTEGER NOT NULL,
    salt BLOB NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (sitting, seq),
    FOREIGN KEY (sitting, seq) REFERENCES records (sitting, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
    sitting TEXT NOT NULL REFERENCES sittings (id),
    size INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (sitting, size)
) STRICT, WITHOUT ROWID;

-- What does not count and is kept: the other branch of a fork, and what a device brought after its lease had ended.
CREATE TABLE aside (
    sitting TEXT NOT NULL REFERENCES sittings (id),
    seq INTEGER NOT NULL,
    digest TEXT NOT NULL,
    late INTEGER NOT NULL,
    line BLOB NOT NULL,
    salt BLOB,
    content TEXT,
    received INTEGER NOT NULL,
    PRIMARY KEY (sitting, seq, digest)
) STRICT, WITHOUT ROWID;

-- Evidence that the log names. The sealed bytes are files.
CREATE TABLE evidence (
    sitting TEXT NOT NULL REFERENCES sittings (id),
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (sitting, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE submissions (
    sitting TEXT PRIMARY KEY REFERENCES sittings (id),
    digest TEXT NOT NULL,
    bytes BLOB NOT NULL,
    receipt BLOB NOT NULL,
    received INTEGER NOT NULL
) STRICT;

-- A result is a document once an answer needs no marker. It is seen by the candidate once it is released.
CREATE TABLE results (
    sitting TEXT PRIMARY KEY REFERENCES submissions (sitting),
    passed INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    released INTEGER
) STRICT;

CREATE TABLE credentials (
    id TEXT PRIMARY KEY,
    candidate TEXT NOT NULL REFERENCES candidates (id),
    certification TEXT NOT NULL,
    title TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (candidate, certification)
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;

-- What is append-only says so itself, so that a mistake in a statement elsewhere cannot take anything back.
CREATE TRIGGER records_stay BEFORE UPDATE ON records BEGIN SELECT RAISE (ABORT, 'records are append-only'); END;
CREATE TRIGGER records_remain BEFORE DELETE ON records BEGIN SELECT RAISE (ABORT, 'records are append-only'); END;
CREATE TRIGGER aside_stays BEFORE UPDATE ON aside BEGIN SELECT RAISE (ABORT, 'what was kept aside stays'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE (ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN SELECT RAISE (ABORT, 'the audit is append-only'); END;
CREATE TRIGGER checkpoints_stay BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE (ABORT, 'a checkpoint is never taken back'); END;
CREATE TRIGGER checkpoints_grow BEFORE INSERT ON checkpoints
WHEN NEW.size < (SELECT max (size) FROM checkpoints WHERE sitting = NEW.sitting)
BEGIN SELECT RAISE (ABORT, 'a checkpoint never goes back'); END;
