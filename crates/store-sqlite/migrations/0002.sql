-- All photos by hash: what the storage is compared with.
CREATE INDEX catalogue ON photos (sha256, owner_id);

-- What owners have purged, and what is written of it beside the bytes may not be gone yet.
CREATE TABLE purged (
    sha256    BLOB NOT NULL,
    owner_id  BLOB NOT NULL,
    purged_at INTEGER NOT NULL,
    PRIMARY KEY (sha256, owner_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX purged_in_order ON purged (purged_at, sha256, owner_id);
