-- People take the place of accounts. Whoever had an account has their role everywhere, as before; whoever was admitted is
-- a candidate of the organisation whose programme it was. A candidate's identifier is their person's.

CREATE TABLE persons (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C",
    created BIGINT NOT NULL
);
CREATE INDEX persons_by_email ON persons (email);

CREATE TABLE roles (
    person TEXT COLLATE "C" NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('candidate', 'author', 'marker', 'proctor', 'operator')),
    -- The identifier that programmes give their organisation; * is all of them.
    organisation TEXT COLLATE "C" NOT NULL,
    granted BIGINT NOT NULL,
    PRIMARY KEY (person, role, organisation)
);

-- Logins by name and password.
CREATE TABLE passwords (
    name TEXT COLLATE "C" PRIMARY KEY,
    person TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES persons (id) ON DELETE CASCADE,
    hash TEXT COLLATE "C" NOT NULL
);

CREATE TABLE sessions (
    token TEXT COLLATE "C" PRIMARY KEY,
    person TEXT COLLATE "C" NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    -- How they signed in: password, invitation, or the name of a provider.
    via TEXT COLLATE "C" NOT NULL,
    ends BIGINT NOT NULL
);

CREATE TABLE moved (name TEXT COLLATE "C" PRIMARY KEY, person TEXT COLLATE "C" NOT NULL);
INSERT INTO moved SELECT name, 'per-' || replace (gen_random_uuid ()::text, '-', '') FROM accounts;
INSERT INTO persons SELECT m.person, a.name, NULL, a.added FROM accounts a JOIN moved m ON m.name = a.name;
INSERT INTO roles SELECT m.person, a.role, '*', a.added FROM accounts a JOIN moved m ON m.name = a.name;
INSERT INTO passwords SELECT a.name, m.person, a.password FROM accounts a JOIN moved m ON m.name = a.name;
INSERT INTO sessions SELECT l.token, m.person, 'password', l.ends FROM logins l JOIN moved m ON m.name = l.account;
DROP TABLE moved;
DROP TABLE logins;
DROP TABLE accounts;

INSERT INTO persons SELECT id, name, NULL, created FROM candidates;
INSERT INTO roles SELECT DISTINCT s.candidate, 'candidate', p.body::json #>> '{organisation,id}', c.created
FROM sittings s JOIN candidates c ON c.id = s.candidate JOIN administrations a ON a.id = s.administration
JOIN programmes p ON p.id = a.programme;

-- The code is the digest of what the link holds.
CREATE TABLE invitations (
    code TEXT COLLATE "C" PRIMARY KEY,
    programme TEXT COLLATE "C" NOT NULL REFERENCES programmes (id),
    email TEXT COLLATE "C" NOT NULL,
    ends BIGINT NOT NULL,
    created BIGINT NOT NULL,
    -- When it was used, and by whom.
    used BIGINT,
    person TEXT COLLATE "C" REFERENCES persons (id) ON DELETE SET NULL
);

-- Who else knows people. The secret is an age file to the store's recipient.
CREATE TABLE providers (
    id TEXT COLLATE "C" PRIMARY KEY,
    issuer TEXT COLLATE "C" NOT NULL,
    client TEXT COLLATE "C" NOT NULL,
    secret BYTEA,
    scopes TEXT COLLATE "C" NOT NULL,
    name_claim TEXT COLLATE "C" NOT NULL,
    organisation TEXT COLLATE "C" NOT NULL,
    trusts_email BIGINT NOT NULL,
    added BIGINT NOT NULL
);

CREATE TABLE identities (
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    linked BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);

-- Sign-ins on their way. State and browser are digests.
CREATE TABLE sign_ins (
    state TEXT COLLATE "C" PRIMARY KEY,
    provider TEXT COLLATE "C" NOT NULL,
    browser TEXT COLLATE "C" NOT NULL,
    page TEXT COLLATE "C" NOT NULL,
    ends BIGINT NOT NULL
);

-- What candidates of a programme accept before they sit, by version.
CREATE TABLE agreements (
    programme TEXT COLLATE "C" NOT NULL REFERENCES programmes (id),
    version BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    added BIGINT NOT NULL,
    PRIMARY KEY (programme, version)
);

CREATE TABLE acceptances (
    person TEXT COLLATE "C" NOT NULL REFERENCES candidates (id),
    programme TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, programme, version),
    FOREIGN KEY (programme, version) REFERENCES agreements (programme, version)
);
CREATE TRIGGER agreements_stay BEFORE UPDATE OR DELETE ON agreements
FOR EACH ROW EXECUTE FUNCTION refuse ('an agreement stays');
CREATE TRIGGER acceptances_stay BEFORE UPDATE OR DELETE ON acceptances
FOR EACH ROW EXECUTE FUNCTION refuse ('what was accepted stays');

-- How it is made sure who sits: none, proctor, or institution: and the name of a provider.
ALTER TABLE administrations ADD COLUMN check_in TEXT COLLATE "C" NOT NULL DEFAULT 'none';
-- The digest of the roster's photo, which is a file.
ALTER TABLE sittings ADD COLUMN photo TEXT COLLATE "C";

-- Who said that a candidate is who they are, and how they knew.
CREATE TABLE check_ins (
    sitting TEXT COLLATE "C" PRIMARY KEY REFERENCES sittings (id),
    how TEXT COLLATE "C" NOT NULL,
    teller TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);
