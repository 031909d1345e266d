-- Ways back in for who has lost a password: a link from an admin, codes of one's own.
CREATE TABLE recovery_link (                        -- one a person, the newest
    user_id INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
    token_hash BLOB NOT NULL,                       -- of the secret and of the password's own hash
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_code (
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,                        -- SHA-256 of the person's id and the code
    PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;
