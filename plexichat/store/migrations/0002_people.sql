-- People, the sessions they hold, and what stands between two of them.
CREATE TABLE user (
    id INTEGER PRIMARY KEY,
    username TEXT COLLATE NOCASE UNIQUE,            -- NULL: nothing is left but what they said to others
    email TEXT,
    email_key TEXT UNIQUE,                          -- the address with its case folded
    password_hash BLOB NOT NULL,
    is_admin INTEGER NOT NULL DEFAULT 0,
    avatar TEXT,                                    -- an external picture, or the name of our own file
    badges TEXT NOT NULL DEFAULT '[]',              -- JSON array of badge names
    email_verified INTEGER NOT NULL DEFAULT 0,
    age_verified INTEGER NOT NULL DEFAULT 0,
    totp_enabled INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,            -- wrong passwords in a row
    locked_until INTEGER NOT NULL DEFAULT 0,
    connected_id INTEGER NOT NULL DEFAULT 0,        -- every id up to here reached a socket of theirs
    read_receipts INTEGER NOT NULL DEFAULT 1,
    typing_indicators INTEGER NOT NULL DEFAULT 1,
    compact_messages INTEGER NOT NULL DEFAULT 1,
    allow_dms_from TEXT NOT NULL DEFAULT 'everyone',
    auto_create_dms INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    token_hash BLOB NOT NULL UNIQUE,                -- SHA-256; the token itself is never kept
    expires_at INTEGER NOT NULL,
    active_at INTEGER NOT NULL,
    address TEXT,
    agent TEXT
) STRICT;
CREATE INDEX session_user ON session (user_id, active_at);

CREATE TABLE relationship (                         -- one row per side
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    message TEXT,
    since INTEGER NOT NULL,
    PRIMARY KEY (user_id, other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX relationship_other ON relationship (other_id);
