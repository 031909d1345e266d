-- What each person wants to be seen as, and when they last were.
CREATE TABLE presence (
    user_id INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
    status TEXT NOT NULL DEFAULT 'online',
    custom_status TEXT,
    custom_emoji TEXT,
    shown_until INTEGER                             -- the last moment others did not see them offline
) STRICT;
