-- Up to here nothing is left of a channel but what is pinned, and a place for each of its authors.
ALTER TABLE channel ADD COLUMN cleared_id INTEGER NOT NULL DEFAULT 0;
