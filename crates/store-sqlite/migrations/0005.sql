-- Who did what: entries are only ever added.
CREATE TABLE audit (
    id         BLOB NOT NULL PRIMARY KEY,
    at         INTEGER NOT NULL,
    doer       TEXT NOT NULL, -- person, program, stranger, operator, photure
    person     BLOB,          -- in whose name
    action     TEXT NOT NULL,
    account    BLOB,
    thing      BLOB,
    detail     TEXT,
    count      INTEGER NOT NULL,
    device     TEXT,
    address    TEXT,
    request_id TEXT
) STRICT;
CREATE INDEX audit_in_order ON audit (at, id);
CREATE INDEX audit_by_person ON audit (person, at, id) WHERE person IS NOT NULL;
CREATE INDEX audit_by_account ON audit (account, at, id) WHERE account IS NOT NULL;
CREATE INDEX audit_by_action ON audit (action, at, id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'entries are only added'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'entries are only added'); END;

ALTER TABLE users ADD COLUMN signed_in_at INTEGER;
