-- When an account is to be deleted; whether whoever keeps it lets its owner in again; and since when it is closed for good.
ALTER TABLE users ADD COLUMN closes_at INTEGER;
ALTER TABLE users ADD COLUMN reopens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN closed_at INTEGER;
CREATE INDEX users_closes_at ON users (closes_at) WHERE closes_at IS NOT NULL;
CREATE INDEX users_closed_at ON users (closed_at, id) WHERE closed_at IS NOT NULL;
-- Whose photos were all deleted with their account. Nobody catalogues anything for them again.
CREATE TABLE gone_owners (
    owner_id BLOB NOT NULL PRIMARY KEY,
    since    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
