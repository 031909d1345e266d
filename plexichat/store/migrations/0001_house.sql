-- What the writer remembers from commit to commit: their number, and the last id it gave away.
CREATE TABLE house (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    commits INTEGER NOT NULL,
    last_id INTEGER NOT NULL
) STRICT;
INSERT INTO house (id, commits, last_id) VALUES (1, 0, 0);
