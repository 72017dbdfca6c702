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
