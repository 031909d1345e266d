-- The second factor: what proves it, and logins that wait for it.
CREATE TABLE totp (
    user_id INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,                           -- base32; counts once user.totp_enabled is set
    used_step INTEGER NOT NULL DEFAULT 0            -- the newest time step whose code was taken
) STRICT;

CREATE TABLE backup_code (
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,                        -- SHA-256 of the person's id and the code
    PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE challenge (                            -- a right password that awaits its code
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    secret_hash BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX challenge_user ON challenge (user_id);
