-- What one person's files come to, asked at each upload.
CREATE INDEX upload_uploader ON upload (uploader_id, size);
