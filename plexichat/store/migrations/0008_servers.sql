-- Servers: who belongs to them, what they may do there, and who may come in.
CREATE TABLE server (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    icon TEXT,                                      -- the name of our own file
    owner_id INTEGER NOT NULL REFERENCES user (id),
    default_channel_id INTEGER,
    verification_level INTEGER NOT NULL DEFAULT 0,
    default_message_notifications INTEGER NOT NULL DEFAULT 0,
    member_count INTEGER NOT NULL DEFAULT 0,
    ended INTEGER NOT NULL DEFAULT 0                -- gone for everybody; what is left goes bit by bit
) STRICT;
CREATE INDEX server_ended ON server (id) WHERE ended;

CREATE TABLE member (
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    nickname TEXT,
    joined_at INTEGER NOT NULL,
    joined_id INTEGER NOT NULL,                     -- what has a lower id was there before them
    timeout_until INTEGER,
    timeout_reason TEXT,
    temporary INTEGER NOT NULL DEFAULT 0,           -- leaves with the last connection unless given a role
    PRIMARY KEY (server_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_user ON member (user_id);

CREATE TABLE silence (                              -- a time-out of somebody who left, should they return
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    until INTEGER NOT NULL,
    reason TEXT,
    PRIMARY KEY (server_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE role (
    id INTEGER PRIMARY KEY,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    color TEXT,
    position INTEGER NOT NULL,                      -- 0 is @everyone alone; higher stands above
    permissions INTEGER NOT NULL,                   -- bits of core/permissions.py
    hoist INTEGER NOT NULL DEFAULT 0,
    mentionable INTEGER NOT NULL DEFAULT 0,
    is_default INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX role_server ON role (server_id, position);

CREATE TABLE member_role (
    server_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    role_id INTEGER NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    PRIMARY KEY (server_id, user_id, role_id),
    FOREIGN KEY (server_id, user_id) REFERENCES member (server_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX member_role_role ON member_role (role_id);

ALTER TABLE channel ADD COLUMN server_id INTEGER REFERENCES server (id) ON DELETE CASCADE;
ALTER TABLE channel ADD COLUMN name TEXT;
ALTER TABLE channel ADD COLUMN topic TEXT;
ALTER TABLE channel ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channel ADD COLUMN category_id INTEGER;
ALTER TABLE channel ADD COLUMN nsfw INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channel ADD COLUMN slowmode_seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channel ADD COLUMN read_receipts INTEGER NOT NULL DEFAULT 1;
CREATE INDEX channel_server ON channel (server_id, position) WHERE server_id IS NOT NULL;

CREATE INDEX channel_ended ON channel (id) WHERE kind = 'ended';

CREATE TABLE override (                             -- what a role or one member may do otherwise here
    channel_id INTEGER NOT NULL REFERENCES channel (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,                             -- role or member
    target_id INTEGER NOT NULL,
    allow INTEGER NOT NULL,
    deny INTEGER NOT NULL,
    PRIMARY KEY (channel_id, kind, target_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX override_target ON override (target_id, kind);

CREATE TABLE ban (
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    reason TEXT,
    banned_by INTEGER NOT NULL,
    banned_at INTEGER NOT NULL,
    words_from INTEGER,                             -- the ids between which what they said is still
    words_until INTEGER,                            -- to be deleted, NULL when it is done
    PRIMARY KEY (server_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ban_words ON ban (server_id) WHERE words_from IS NOT NULL;

CREATE TABLE invite (
    code TEXT PRIMARY KEY,
    server_id INTEGER REFERENCES server (id) ON DELETE CASCADE,     -- NULL: only an account is offered
    channel_id INTEGER,
    inviter_id INTEGER,
    uses INTEGER NOT NULL DEFAULT 0,
    max_uses INTEGER NOT NULL DEFAULT 0,            -- 0: any number
    max_age INTEGER NOT NULL DEFAULT 0,             -- seconds, 0: for ever
    temporary INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX invite_server ON invite (server_id);
