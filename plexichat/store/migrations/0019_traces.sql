-- What may be told of a channel's past, and what has to be found when somebody goes.
ALTER TABLE audit ADD COLUMN channel_id INTEGER;    -- of a line about a channel
ALTER TABLE audit ADD COLUMN buried INTEGER NOT NULL DEFAULT 0;  -- it ended hidden from @everyone
UPDATE audit SET channel_id = CAST(target_id AS INTEGER) WHERE target_type = 'channel';
CREATE INDEX audit_buried ON audit (server_id, channel_id) WHERE buried;

CREATE INDEX reactor_user ON reactor (user_id);
CREATE INDEX member_temporary ON member (user_id) WHERE temporary;
