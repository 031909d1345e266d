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
