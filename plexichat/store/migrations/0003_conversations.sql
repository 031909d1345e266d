-- Channels, the messages in them, and how far each person has read.
CREATE TABLE channel (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    last_message_id INTEGER,
    sent INTEGER NOT NULL DEFAULT 0                 -- messages ever sent here, deleted ones included
) STRICT;

CREATE TABLE dm (                                   -- a pair; a person's notes are a pair with themselves
    low_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    high_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL UNIQUE REFERENCES channel (id) ON DELETE CASCADE,
    PRIMARY KEY (low_id, high_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX dm_high ON dm (high_id);

CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    channel_id INTEGER NOT NULL REFERENCES channel (id) ON DELETE CASCADE,
    author_id INTEGER NOT NULL,
    position INTEGER NOT NULL,                      -- the n-th ever sent in its channel
    own_position INTEGER NOT NULL,                  -- the n-th its author ever sent there
    content TEXT,
    attachments TEXT,                               -- JSON array, NULL for none
    embeds TEXT,
    reply_to_id INTEGER,
    edited_at INTEGER,
    pinned_at INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0              -- a tombstone keeps its place and nothing else
) STRICT;
CREATE INDEX message_channel ON message (channel_id);
CREATE INDEX message_author ON message (author_id, channel_id);
CREATE INDEX message_deleted ON message (channel_id, id, author_id) WHERE deleted = 1;
CREATE INDEX message_pinned ON message (channel_id, pinned_at) WHERE pinned_at IS NOT NULL;

CREATE TABLE reading (                              -- one person in one channel
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL REFERENCES channel (id) ON DELETE CASCADE,
    sent INTEGER NOT NULL DEFAULT 0,                -- messages this person ever sent here
    read_id INTEGER NOT NULL DEFAULT 0,             -- high-water mark
    read_sent INTEGER NOT NULL DEFAULT 0,           -- of the channel's, how many lie up to the mark
    read_own INTEGER NOT NULL DEFAULT 0,            -- and of this person's own
    read_at INTEGER,
    receipt_id INTEGER NOT NULL DEFAULT 0,          -- the mark that others may know of
    delivered_id INTEGER NOT NULL DEFAULT 0,        -- newest message this person has listed
    PRIMARY KEY (user_id, channel_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reading_receipt ON reading (channel_id, receipt_id);
