-- Second factors. Secrets are encrypted with a key that is not here, recovery codes are their SHA-256.
CREATE TABLE totp (
    user_id      BLOB NOT NULL PRIMARY KEY,
    sealed       BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    confirmed_at INTEGER,
    last_step    INTEGER -- of the codes that were used, the latest
) STRICT;
CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL,
    hash    BLOB NOT NULL,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE factor_guesses (
    user_id BLOB NOT NULL,
    place   TEXT NOT NULL,
    count   INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX factor_guesses_last_at ON factor_guesses (last_at);
CREATE TABLE spent_challenges (
    nonce      BLOB NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX spent_challenges_expires_at ON spent_challenges (expires_at);
