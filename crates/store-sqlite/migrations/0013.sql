-- People who share a library. What is in it has the organization's id as its owner.
CREATE TABLE organizations (
    id         BLOB NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    closes_at  INTEGER,
    closed_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX organizations_closes_at ON organizations (closes_at) WHERE closes_at IS NOT NULL;
CREATE INDEX organizations_closed_at ON organizations (closed_at, id) WHERE closed_at IS NOT NULL;

CREATE TABLE members (
    organization_id BLOB NOT NULL,
    user_id         BLOB NOT NULL,
    role            TEXT NOT NULL,
    joined_at       INTEGER NOT NULL,
    PRIMARY KEY (organization_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_user ON members (user_id);
