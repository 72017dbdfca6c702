-- Ids are 16 bytes, hashes 32, times milliseconds since 1970, texts as they were written.

CREATE TABLE users (
    id              BLOB NOT NULL PRIMARY KEY,
    username        TEXT NOT NULL,
    username_folded TEXT NOT NULL UNIQUE,
    email           TEXT NOT NULL,
    email_folded    TEXT NOT NULL UNIQUE,
    password_hash   TEXT NOT NULL,
    role            TEXT NOT NULL,
    disabled        INTEGER NOT NULL,
    created_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id           BLOB NOT NULL PRIMARY KEY,
    user_id      BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX sessions_revoked_at ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

-- Every refresh token a session ever had; one of them is current.
CREATE TABLE refresh_tokens (
    hash       BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    current    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

CREATE TABLE signing_keys (
    id          BLOB NOT NULL PRIMARY KEY,
    private_der BLOB NOT NULL,
    public      BLOB NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE photos (
    id                 BLOB NOT NULL PRIMARY KEY,
    owner_id           BLOB NOT NULL,
    sha256             BLOB NOT NULL,
    bytes              INTEGER NOT NULL,
    filename           TEXT NOT NULL,
    media_type         TEXT NOT NULL,
    width              INTEGER NOT NULL,
    height             INTEGER NOT NULL,
    taken_at           INTEGER NOT NULL,
    utc_offset_minutes INTEGER,
    make               TEXT,
    model              TEXT,
    lens               TEXT,
    iso                INTEGER,
    f_number           REAL,
    exposure           REAL,
    focal_length       REAL,
    lat                REAL,
    lon                REAL,
    altitude           REAL,
    thumbhash          TEXT NOT NULL,
    color              TEXT NOT NULL,
    uploaded_at        INTEGER NOT NULL,
    title              TEXT,
    description        TEXT,
    favorite           INTEGER NOT NULL,
    rating             INTEGER,
    archived           INTEGER NOT NULL,
    tags               TEXT NOT NULL, -- JSON, an array of strings
    trashed_at         INTEGER,
    revision           INTEGER NOT NULL,
    UNIQUE (owner_id, sha256)
) STRICT;

-- One index for each way to list, so that a page costs what it shows.
CREATE INDEX library_by_taken ON photos (owner_id, taken_at, id) WHERE trashed_at IS NULL;
CREATE INDEX library_favorite_by_taken ON photos (owner_id, favorite, taken_at, id) WHERE trashed_at IS NULL;
CREATE INDEX library_by_uploaded ON photos (owner_id, uploaded_at, id) WHERE trashed_at IS NULL;
CREATE INDEX library_favorite_by_uploaded ON photos (owner_id, favorite, uploaded_at, id) WHERE trashed_at IS NULL;
CREATE INDEX trash_by_taken ON photos (owner_id, taken_at, id) WHERE trashed_at IS NOT NULL;
CREATE INDEX trash_favorite_by_taken ON photos (owner_id, favorite, taken_at, id) WHERE trashed_at IS NOT NULL;
CREATE INDEX trash_by_uploaded ON photos (owner_id, uploaded_at, id) WHERE trashed_at IS NOT NULL;
CREATE INDEX trash_favorite_by_uploaded ON photos (owner_id, favorite, uploaded_at, id) WHERE trashed_at IS NOT NULL;
CREATE INDEX trash_by_trashed ON photos (owner_id, trashed_at, id) WHERE trashed_at IS NOT NULL;
CREATE INDEX trash_favorite_by_trashed ON photos (owner_id, favorite, trashed_at, id) WHERE trashed_at IS NOT NULL;
CREATE INDEX trash_of_all ON photos (trashed_at, id) WHERE trashed_at IS NOT NULL;
CREATE INDEX timeline_all ON photos (owner_id, taken_at, id) WHERE trashed_at IS NULL AND archived = 0;
CREATE INDEX timeline_favorites ON photos (owner_id, taken_at, id)
    WHERE trashed_at IS NULL AND archived = 0 AND favorite = 1;

CREATE TABLE photo_metadata (
    photo_id BLOB NOT NULL PRIMARY KEY REFERENCES photos (id) ON DELETE CASCADE,
    groups   TEXT NOT NULL -- JSON: group → tag → value
) STRICT;

CREATE TABLE timelines (
    owner_id BLOB NOT NULL,
    scope    TEXT NOT NULL,
    version  INTEGER NOT NULL,
    PRIMARY KEY (owner_id, scope)
) STRICT, WITHOUT ROWID;

-- A segment reaches from (from_at, from_id) to the next one in its month.
CREATE TABLE segments (
    owner_id BLOB NOT NULL,
    scope    TEXT NOT NULL,
    from_at  INTEGER NOT NULL,
    from_id  BLOB NOT NULL,
    id       BLOB NOT NULL UNIQUE,
    count    INTEGER NOT NULL,
    version  INTEGER NOT NULL,
    PRIMARY KEY (owner_id, scope, from_at, from_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage (
    owner_id BLOB NOT NULL PRIMARY KEY,
    photos   INTEGER NOT NULL,
    bytes    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What became of the bytes behind each hash. Released where no photo refers to it any more.
CREATE TABLE hashes (
    sha256        BLOB NOT NULL PRIMARY KEY,
    refs          INTEGER NOT NULL,
    released_at   INTEGER,
    claim_id      BLOB,
    claimed_until INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX hashes_released ON hashes (released_at, sha256) WHERE released_at IS NOT NULL;
