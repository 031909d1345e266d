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
