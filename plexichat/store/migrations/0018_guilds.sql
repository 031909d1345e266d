-- Servers that anybody may find, their banners; @everyone of a server has the server's id.
ALTER TABLE server ADD COLUMN is_public INTEGER NOT NULL DEFAULT 0;
ALTER TABLE server ADD COLUMN banner TEXT;          -- the name of our own file
CREATE INDEX server_public ON server (member_count) WHERE is_public;
CREATE INDEX server_banner ON server (banner) WHERE banner IS NOT NULL;

UPDATE override SET target_id = (SELECT r.server_id FROM role r WHERE r.id = override.target_id)
    WHERE kind = 'role' AND target_id IN (SELECT id FROM role WHERE is_default);
UPDATE role SET id = server_id WHERE is_default;
