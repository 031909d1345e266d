-- What people think of the server, as something for admins to work through.
ALTER TABLE feedback ADD COLUMN status TEXT NOT NULL DEFAULT 'open';
ALTER TABLE feedback ADD COLUMN resolved_at INTEGER;
ALTER TABLE feedback ADD COLUMN resolved_by INTEGER;
CREATE INDEX feedback_status ON feedback (status);

CREATE TABLE ticket_note (
    id INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL REFERENCES feedback (id) ON DELETE CASCADE,
    admin_id INTEGER NOT NULL,
    content TEXT NOT NULL
) STRICT;
CREATE INDEX ticket_note_ticket ON ticket_note (ticket_id);
