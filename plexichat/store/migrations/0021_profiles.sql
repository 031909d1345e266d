-- What people tell of themselves and whom they let near; and pictures that wait for their place.
CREATE TABLE profile (
    user_id INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
    bio TEXT,
    pronouns TEXT,
    location TEXT,
    timezone TEXT,
    banner TEXT,                                    -- an external picture, or the name of our own file
    colour TEXT,                                    -- of the banner: #rrggbb
    second_colour TEXT,
    theme TEXT,                                     -- JSON object that only clients understand
    links TEXT                                      -- JSON array of objects that only clients understand
) STRICT;
CREATE INDEX profile_banner ON profile (banner) WHERE banner IS NOT NULL;

CREATE TABLE privacy (
    user_id INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
    requests_from TEXT NOT NULL DEFAULT 'everyone',
    filter TEXT NOT NULL DEFAULT 'friends'          -- from whom pictures are hidden at first, for clients
) STRICT;

ALTER TABLE presence ADD COLUMN text_until INTEGER; -- NULL: text and emoji stay until they are changed
ALTER TABLE presence ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;  -- 1: offline to others, whatever the status
CREATE INDEX presence_text_until ON presence (text_until) WHERE text_until IS NOT NULL;

CREATE TABLE picture (                              -- given by somebody and shown nowhere yet
    file TEXT PRIMARY KEY,
    owner_id INTEGER NOT NULL,
    kind TEXT NOT NULL,                             -- what it was given to be
    animated INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX picture_owner ON picture (owner_id);
CREATE INDEX picture_created ON picture (created_at);

CREATE INDEX user_avatar ON user (avatar) WHERE avatar IS NOT NULL;
CREATE INDEX server_icon ON server (icon) WHERE icon IS NOT NULL;
