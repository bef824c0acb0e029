-- The issuer's store on PostgreSQL, version 3: the same tables as in SQLite at that version, with the same meaning. Text is
-- compared by its bytes, as SQLite does.

CREATE TABLE keys (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    card TEXT COLLATE "C" NOT NULL,
    sealed BYTEA NOT NULL
);

CREATE TABLE accounts (
    name TEXT COLLATE "C" PRIMARY KEY,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('proctor', 'operator')),
    password TEXT COLLATE "C" NOT NULL,
    added BIGINT NOT NULL
);

CREATE TABLE logins (
    token TEXT COLLATE "C" PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    ends BIGINT NOT NULL
);

CREATE TABLE programmes (
    id TEXT COLLATE "C" PRIMARY KEY,
    body TEXT COLLATE "C" NOT NULL,
    loaded BIGINT NOT NULL
);

CREATE TABLE packs (
    digest TEXT COLLATE "C" PRIMARY KEY,
    exam TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    items BIGINT NOT NULL,
    public BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    paper BYTEA NOT NULL,
    added BIGINT NOT NULL
);

CREATE TABLE administrations (
    id TEXT COLLATE "C" PRIMARY KEY,
    programme TEXT COLLATE "C" NOT NULL REFERENCES programmes (id),
    certification TEXT COLLATE "C" NOT NULL,
    exam TEXT COLLATE "C" NOT NULL,
    opens BIGINT NOT NULL,
    closes BIGINT NOT NULL,
    policy TEXT COLLATE "C" NOT NULL,
    supervision TEXT COLLATE "C" NOT NULL,
    pack TEXT COLLATE "C" NOT NULL REFERENCES packs (digest),
    start_code TEXT COLLATE "C" NOT NULL,
    resume_code TEXT COLLATE "C" NOT NULL,
    start_sealed TEXT COLLATE "C",
    resume_recipient TEXT COLLATE "C" NOT NULL,
    resume_sealed TEXT COLLATE "C" NOT NULL,
    resume_identity BYTEA NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE candidates (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE sittings (
    id TEXT COLLATE "C" PRIMARY KEY,
    administration TEXT COLLATE "C" NOT NULL REFERENCES administrations (id),
    candidate TEXT COLLATE "C" NOT NULL REFERENCES candidates (id),
    code TEXT COLLATE "C" NOT NULL UNIQUE,
    accommodation TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    -- The epoch that the present code gives; the one that may write is the last in leases.
    epoch BIGINT NOT NULL DEFAULT 0,
    -- From the first redemption on:
    admission BYTEA,
    -- Facts of the log that other tables and other sittings need without replaying it:
    size BIGINT NOT NULL DEFAULT 0,
    head TEXT COLLATE "C",
    began BIGINT,
    closed BIGINT,
    received BIGINT,
    flagged BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX sittings_of_candidate ON sittings (candidate);

CREATE TABLE leases (
    sitting TEXT COLLATE "C" NOT NULL REFERENCES sittings (id),
    epoch BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    recipient TEXT COLLATE "C" NOT NULL,
    token TEXT COLLATE "C" NOT NULL UNIQUE,
    PRIMARY KEY (sitting, epoch)
);

CREATE TABLE starts (
    sitting TEXT COLLATE "C" NOT NULL REFERENCES sittings (id),
    digest TEXT COLLATE "C" NOT NULL,
    bytes BYTEA NOT NULL,
    given BIGINT NOT NULL,
    PRIMARY KEY (sitting, digest)
);

CREATE TABLE records (
    sitting TEXT COLLATE "C" NOT NULL REFERENCES sittings (id),
    seq BIGINT NOT NULL,
    line BYTEA NOT NULL,
    PRIMARY KEY (sitting, seq)
);

CREATE TABLE openings (
    sitting TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (sitting, seq),
    FOREIGN KEY (sitting, seq) REFERENCES records (sitting, seq)
);

CREATE TABLE checkpoints (
    sitting TEXT COLLATE "C" NOT NULL REFERENCES sittings (id),
    size BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (sitting, size)
);

-- What does not count and is kept: the other branch of a fork, and what a device brought after its lease had ended.
CREATE TABLE aside (
    sitting TEXT COLLATE "C" NOT NULL REFERENCES sittings (id),
    seq BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    late BIGINT NOT NULL,
    line BYTEA NOT NULL,
    salt BYTEA,
    content TEXT COLLATE "C",
    received BIGINT NOT NULL,
    PRIMARY KEY (sitting, seq, digest)
);

-- Evidence that the log names. The sealed bytes are files.
CREATE TABLE evidence (
    sitting TEXT COLLATE "C" NOT NULL REFERENCES sittings (id),
    sha256 TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    -- When it was deleted because its time was over. Its digest stays.
    deleted BIGINT,
    PRIMARY KEY (sitting, sha256)
);

CREATE TABLE submissions (
    sitting TEXT COLLATE "C" PRIMARY KEY REFERENCES sittings (id),
    digest TEXT COLLATE "C" NOT NULL,
    bytes BYTEA NOT NULL,
    receipt BYTEA NOT NULL,
    received BIGINT NOT NULL
);

-- A result is a document once an answer needs no marker. It is seen by the candidate once it is released.
CREATE TABLE results (
    sitting TEXT COLLATE "C" PRIMARY KEY REFERENCES submissions (sitting),
    passed BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    released BIGINT
);

CREATE TABLE credentials (
    id TEXT COLLATE "C" PRIMARY KEY,
    candidate TEXT COLLATE "C" NOT NULL REFERENCES candidates (id),
    certification TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    UNIQUE (candidate, certification)
);

CREATE TABLE audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL
);

-- What is append-only says so itself, so that a mistake in a statement elsewhere cannot take anything back.
CREATE FUNCTION refuse () RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END $$;

CREATE TRIGGER records_stay BEFORE UPDATE OR DELETE ON records
FOR EACH ROW EXECUTE FUNCTION refuse ('records are append-only');
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION refuse ('the audit is append-only');
CREATE TRIGGER checkpoints_stay BEFORE UPDATE ON checkpoints
FOR EACH ROW EXECUTE FUNCTION refuse ('a checkpoint is never taken back');
-- An opening may come after its line was kept aside, and then stays as it is.
CREATE TRIGGER aside_stays BEFORE UPDATE OF sitting, seq, digest, late, line, received ON aside
FOR EACH ROW EXECUTE FUNCTION refuse ('what was kept aside stays');
CREATE TRIGGER aside_openings_stay BEFORE UPDATE OF salt, content ON aside
FOR EACH ROW WHEN (OLD.content IS NOT NULL) EXECUTE FUNCTION refuse ('what was kept aside stays');

CREATE FUNCTION checkpoint_grows () RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.size < (SELECT max (size) FROM checkpoints WHERE sitting = NEW.sitting) THEN
        RAISE EXCEPTION 'a checkpoint never goes back';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER checkpoints_grow BEFORE INSERT ON checkpoints
FOR EACH ROW EXECUTE FUNCTION checkpoint_grows ();
