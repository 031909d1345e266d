-- Which words each message holds; the rowid is the message's id, negated. The tokens are our own
-- (store/words.py), so FTS5 only splits at spaces; besides its words a message has one token for its
-- channel, "#" and the id.
CREATE VIRTUAL TABLE message_words USING fts5 (
    words, content='', columnsize=0, tokenize="ascii tokenchars '#'"
);
CREATE VIRTUAL TABLE message_word USING fts5vocab (message_words, 'instance');

CREATE TABLE search (                               -- one row
    id INTEGER PRIMARY KEY CHECK (id = 1),
    indexed_id INTEGER NOT NULL,                    -- every message up to here is in the index
    waiting INTEGER NOT NULL                        -- how many were sent since then
) STRICT;
INSERT INTO search (id, indexed_id, waiting) VALUES (1, 0, 0);
