-- Where a session was used last, and whether its owner is to be told that an old token of it came back.
ALTER TABLE sessions ADD COLUMN device TEXT;
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN alarm INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sessions_user ON sessions (user_id, last_used_at, id);

-- What followed a token that was replaced: the successor's hash, and what makes the successor out of this token.
ALTER TABLE refresh_tokens ADD COLUMN replaced_at INTEGER;
ALTER TABLE refresh_tokens ADD COLUMN successor BLOB;
ALTER TABLE refresh_tokens ADD COLUMN seed BLOB;
