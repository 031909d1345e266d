-- Reactions to messages, and the emoji that servers bring along.
CREATE TABLE emoji (
    id INTEGER PRIMARY KEY,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    file TEXT NOT NULL UNIQUE,                      -- the name of our own file
    animated INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    UNIQUE (server_id, name)
) STRICT;

CREATE TABLE reaction (                             -- one emoji on one message
    id INTEGER PRIMARY KEY,                         -- in the order in which they were first added
    message_id INTEGER REFERENCES message (id) ON DELETE SET NULL,  -- NULL: goes bit by bit
    emoji TEXT NOT NULL,                            -- as the first who added it wrote it
    emoji_id INTEGER,                               -- of a custom one, gone or not
    count INTEGER NOT NULL,
    UNIQUE (message_id, emoji)
) STRICT;
CREATE INDEX reaction_forgotten ON reaction (id) WHERE message_id IS NULL;

CREATE TABLE reactor (                              -- who reacts with it
    reaction_id INTEGER NOT NULL REFERENCES reaction (id),
    user_id INTEGER NOT NULL,
    reacted_at INTEGER NOT NULL,
    PRIMARY KEY (reaction_id, user_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE message ADD COLUMN reactions INTEGER NOT NULL DEFAULT 0;   -- how many different emoji
