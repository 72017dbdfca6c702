-- How much owners may keep for whom something else was decided than what holds for everybody. NULL: as much as they like.
CREATE TABLE quotas (
    owner_id BLOB NOT NULL PRIMARY KEY,
    bytes    INTEGER
) STRICT, WITHOUT ROWID;
