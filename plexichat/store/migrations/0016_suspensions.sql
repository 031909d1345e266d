-- People whom an admin has locked out, apart from those whom wrong passwords have.
ALTER TABLE user ADD COLUMN suspended_until INTEGER NOT NULL DEFAULT 0;  -- 0: not at all
