-- Who did what in a server.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    server_id INTEGER NOT NULL REFERENCES server (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL,
    action TEXT NOT NULL,
    target_type TEXT,
    target_id TEXT,
    target_name TEXT,
    changes TEXT,                                   -- JSON: field to {old, new}
    reason TEXT
) STRICT;
CREATE INDEX audit_server ON audit (server_id);
