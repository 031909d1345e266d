-- The admin's own sessions, what was done in them, and what came of reports.
CREATE TABLE admin_session (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    token_hash BLOB NOT NULL UNIQUE,                -- SHA-256; the token itself is never kept
    password_hash BLOB NOT NULL,                    -- the account's own at login: it ends when that changes
    expires_at INTEGER NOT NULL,
    active_at INTEGER NOT NULL,
    proved_at INTEGER NOT NULL DEFAULT 0,           -- when the password was last given again
    address TEXT
) STRICT;
CREATE INDEX admin_session_user ON admin_session (user_id);

CREATE TABLE deed (                                 -- the admins' audit log
    id INTEGER PRIMARY KEY,
    admin_id INTEGER,                               -- NULL: whoever it was is no admin
    admin_name TEXT NOT NULL,
    family TEXT NOT NULL,
    action TEXT NOT NULL,
    status TEXT NOT NULL,                           -- success or failure
    target_type TEXT,
    target_id INTEGER,
    details TEXT NOT NULL DEFAULT '{}',             -- a JSON object
    address TEXT
) STRICT;

ALTER TABLE report ADD COLUMN reviewed_at INTEGER;
ALTER TABLE report ADD COLUMN reviewed_by INTEGER;
ALTER TABLE report ADD COLUMN notes TEXT;
ALTER TABLE report ADD COLUMN action_taken TEXT;
CREATE INDEX report_status ON report (kind, status);

CREATE TABLE admin_note (                           -- what admins keep about somebody
    user_id INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
    notes TEXT NOT NULL
) STRICT;
