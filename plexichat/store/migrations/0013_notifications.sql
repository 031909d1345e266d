-- What people are told of when they were named, answered, or asked to be friends.
CREATE TABLE notification (
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    id INTEGER NOT NULL,                            -- shared by those who were told at once
    kind TEXT NOT NULL,
    sender_id INTEGER NOT NULL,
    channel_id INTEGER,                             -- NULL: it is about no message
    message_id INTEGER,
    seen INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_age ON notification (id);
CREATE UNIQUE INDEX notification_message ON notification (message_id, user_id)
    WHERE message_id IS NOT NULL;

CREATE TABLE notification_mark (                    -- everything up to here was read at once
    user_id INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
    upto INTEGER NOT NULL
) STRICT;

CREATE TABLE calling (                              -- a message that not all whom it calls know of yet
    message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    whom TEXT NOT NULL,                             -- everyone, here, or the id of a role
    upto INTEGER NOT NULL DEFAULT 0,                -- members up to this id have been told
    PRIMARY KEY (message_id, whom)
) STRICT, WITHOUT ROWID;
