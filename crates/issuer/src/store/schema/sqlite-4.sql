-- People take the place of accounts. Whoever had an account has their role everywhere, as before; whoever was admitted is
-- a candidate of the organisation whose programme it was. A candidate's identifier is their person's.

CREATE TABLE persons (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT,
    created INTEGER NOT NULL
) STRICT;
CREATE INDEX persons_by_email ON persons (email);

CREATE TABLE roles (
    person TEXT NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('candidate', 'author', 'marker', 'proctor', 'operator')),
    -- The identifier that programmes give their organisation; * is all of them.
    organisation TEXT NOT NULL,
    granted INTEGER NOT NULL,
    PRIMARY KEY (person, role, organisation)
) STRICT, WITHOUT ROWID;

-- Logins by name and password.
CREATE TABLE passwords (
    name TEXT PRIMARY KEY,
    person TEXT NOT NULL UNIQUE REFERENCES persons (id) ON DELETE CASCADE,
    hash TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (
    token TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    -- How they signed in: password, invitation, or the name of a provider.
    via TEXT NOT NULL,
    ends INTEGER NOT NULL
) STRICT;

CREATE TABLE moved (name TEXT PRIMARY KEY, person TEXT NOT NULL) STRICT;
INSERT INTO moved SELECT name, 'per-' || lower (hex (randomblob (10))) FROM accounts;
INSERT INTO persons SELECT m.person, a.name, NULL, a.added FROM accounts a JOIN moved m ON m.name = a.name;
INSERT INTO roles SELECT m.person, a.role, '*', a.added FROM accounts a JOIN moved m ON m.name = a.name;
INSERT INTO passwords SELECT a.name, m.person, a.password FROM accounts a JOIN moved m ON m.name = a.name;
INSERT INTO sessions SELECT l.token, m.person, 'password', l.ends FROM logins l JOIN moved m ON m.name = l.account;
DROP TABLE moved;
DROP TABLE logins;
DROP TABLE accounts;

INSERT INTO persons SELECT id, name, NULL, created FROM candidates;
INSERT INTO roles SELECT DISTINCT s.candidate, 'candidate', p.body ->> '$.organisation.id', c.created
FROM sittings s JOIN candidates c ON c.id = s.candidate JOIN administrations a ON a.id = s.administration
JOIN programmes p ON p.id = a.programme;

-- The code is the digest of what the link holds.
CREATE TABLE invitations (
    code TEXT PRIMARY KEY,
    programme TEXT NOT NULL REFERENCES programmes (id),
    email TEXT NOT NULL,
    ends INTEGER NOT NULL,
    created INTEGER NOT NULL,
    -- When it was used, and by whom.
    used INTEGER,
    person TEXT REFERENCES persons (id) ON DELETE SET NULL
) STRICT;

-- Who else knows people. The secret is an age file to the store's recipient.
CREATE TABLE providers (
    id TEXT PRIMARY KEY,
    issuer TEXT NOT NULL,
    client TEXT NOT NULL,
    secret BLOB,
    scopes TEXT NOT NULL,
    name_claim TEXT NOT NULL,
    organisation TEXT NOT NULL,
    trusts_email INTEGER NOT NULL,
    added INTEGER NOT NULL
) STRICT;

CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    linked INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

-- Sign-ins on their way. State and browser are digests.
CREATE TABLE sign_ins (
    state TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    browser TEXT NOT NULL,
    page TEXT NOT NULL,
    ends INTEGER NOT NULL
) STRICT;

-- What candidates of a programme accept before they sit, by version.
CREATE TABLE agreements (
    programme TEXT NOT NULL REFERENCES programmes (id),
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    text TEXT NOT NULL,
    added INTEGER NOT NULL,
    PRIMARY KEY (programme, version)
) STRICT;

CREATE TABLE acceptances (
    person TEXT NOT NULL REFERENCES candidates (id),
    programme TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (person, programme, version),
    FOREIGN KEY (programme, version) REFERENCES agreements (programme, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER agreements_stay BEFORE UPDATE ON agreements BEGIN SELECT RAISE (ABORT, 'an agreement stays'); END;
CREATE TRIGGER agreements_remain BEFORE DELETE ON agreements BEGIN SELECT RAISE (ABORT, 'an agreement stays'); END;
CREATE TRIGGER acceptances_stay BEFORE UPDATE ON acceptances BEGIN SELECT RAISE (ABORT, 'what was accepted stays'); END;
CREATE TRIGGER acceptances_remain BEFORE DELETE ON acceptances BEGIN SELECT RAISE (ABORT, 'what was accepted stays'); END;

-- How it is made sure who sits: none, proctor, or institution: and the name of a provider.
ALTER TABLE administrations ADD COLUMN check_in TEXT NOT NULL DEFAULT 'none';
-- The digest of the roster's photo, which is a file.
ALTER TABLE sittings ADD COLUMN photo TEXT;

-- Who said that a candidate is who they are, and how they knew.
CREATE TABLE check_ins (
    sitting TEXT PRIMARY KEY REFERENCES sittings (id),
    how TEXT NOT NULL,
    teller TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
