-- When its owner showed that an address is theirs.
ALTER TABLE users ADD COLUMN email_confirmed_at INTEGER;
-- Links that were sent or handed to people, each good for one thing, once. Of their tokens only the SHA-256 is here.
CREATE TABLE links (
    hash       BLOB NOT NULL PRIMARY KEY,
    user_id    BLOB NOT NULL,
    purpose    TEXT NOT NULL,
    email      TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX links_user ON links (user_id, purpose, created_at);
CREATE INDEX links_expires_at ON links (expires_at);
-- Rights to make one account each. Of their tokens only the SHA-256 is here.
CREATE TABLE invitations (
    id         BLOB NOT NULL PRIMARY KEY,
    hash       BLOB NOT NULL UNIQUE,
    email      TEXT,
    made_by    BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX invitations_created_at ON invitations (created_at, id);
CREATE INDEX invitations_expires_at ON invitations (expires_at);
