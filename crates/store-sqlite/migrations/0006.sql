-- The film of a photo: the second half of a Live Photo. All three, or none.
ALTER TABLE photos ADD COLUMN film_sha256 BLOB;
ALTER TABLE photos ADD COLUMN film_bytes INTEGER;
ALTER TABLE photos ADD COLUMN film_type TEXT;
