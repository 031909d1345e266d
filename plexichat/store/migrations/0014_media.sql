-- Small copies of pictures; and what one person's files come to, asked at each upload.
ALTER TABLE upload ADD COLUMN side INTEGER NOT NULL DEFAULT 0;  -- longest of a picture whose thumbnails are due
CREATE INDEX upload_due ON upload (id) WHERE side > 0;
CREATE INDEX upload_uploader ON upload (uploader_id, size);

CREATE TABLE thumbnail (
    upload_id INTEGER NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
    side INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE,                      -- of the file
    PRIMARY KEY (upload_id, side)
) STRICT, WITHOUT ROWID;

CREATE TABLE upload_session (                       -- a file that comes in chunks, in any order
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE,                      -- of the file
    filename TEXT NOT NULL,
    content_type TEXT NOT NULL,                     -- as its uploader says
    total_size INTEGER NOT NULL,
    chunk_size INTEGER NOT NULL,
    chunks TEXT NOT NULL,                           -- a character each: 1 is here, 0 is missing
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX upload_session_user ON upload_session (user_id);
CREATE INDEX upload_session_expires ON upload_session (expires_at);
