-- Who people are elsewhere: at providers that they sign in with. An account without a password has an empty `password_hash`.
CREATE TABLE identities (
    id        BLOB NOT NULL PRIMARY KEY,
    user_id   BLOB NOT NULL,
    issuer    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    email     TEXT,
    linked_at INTEGER NOT NULL,
    UNIQUE (issuer, subject)
) STRICT;
CREATE INDEX identities_user ON identities (user_id, linked_at, id);
