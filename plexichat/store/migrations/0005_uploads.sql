-- Files that people uploaded, and the secrets that this server signs with.
CREATE TABLE upload (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,                      -- of the file: random, with the suffix it came with
    filename TEXT NOT NULL,                         -- as its uploader calls it
    content_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    uploader_id INTEGER NOT NULL,
    channel_id INTEGER REFERENCES channel (id) ON DELETE CASCADE,
    message_id INTEGER REFERENCES message (id) ON DELETE CASCADE,  -- NULL, as is the channel, until it is sent
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX upload_message ON upload (message_id);
CREATE INDEX upload_channel ON upload (channel_id);
CREATE INDEX upload_unsent ON upload (created_at) WHERE message_id IS NULL;

CREATE TABLE secret (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
