-- Webhooks: programs that may write into one channel.
CREATE TABLE webhook (
    id INTEGER PRIMARY KEY,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL REFERENCES channel (id) ON DELETE CASCADE,
    creator_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    avatar_url TEXT,
    token_hash BLOB NOT NULL                        -- SHA-256; the token itself is never kept
) STRICT;
CREATE INDEX webhook_channel ON webhook (channel_id);
CREATE INDEX webhook_server ON webhook (server_id);

ALTER TABLE message ADD COLUMN webhook_id INTEGER;  -- written by a program, under this name
ALTER TABLE message ADD COLUMN byline TEXT;
ALTER TABLE message ADD COLUMN byline_avatar TEXT;
