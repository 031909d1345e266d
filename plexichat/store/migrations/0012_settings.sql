-- What clients keep for a person, and which channel the person has before them.
CREATE TABLE preference (
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE focus (
    user_id INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL
) STRICT;

CREATE TABLE recent (                               -- where somebody was last
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL REFERENCES channel (id) ON DELETE CASCADE,
    message_id INTEGER,
    scroll_position INTEGER,
    at INTEGER NOT NULL,
    PRIMARY KEY (user_id, channel_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX recent_at ON recent (user_id, at);
CREATE INDEX recent_channel ON recent (channel_id);

CREATE TABLE report (                               -- what somebody wants the admins to look at
    id INTEGER PRIMARY KEY,
    reporter_id INTEGER NOT NULL,
    kind TEXT NOT NULL,                             -- message or user
    target_id INTEGER NOT NULL,
    channel_id INTEGER,
    content TEXT,                                   -- what the message said then
    reason TEXT NOT NULL,
    category TEXT NOT NULL,
    details TEXT,
    evidence TEXT NOT NULL DEFAULT '[]',            -- JSON array of message ids
    status TEXT NOT NULL DEFAULT 'pending'
) STRICT;

CREATE TABLE feedback (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    content TEXT NOT NULL,
    category TEXT,
    rating INTEGER
) STRICT;
CREATE INDEX feedback_user ON feedback (user_id);

ALTER TABLE user ADD COLUMN deletion_at INTEGER;    -- NULL: the account stays
CREATE INDEX user_deletion ON user (deletion_at) WHERE deletion_at IS NOT NULL;
