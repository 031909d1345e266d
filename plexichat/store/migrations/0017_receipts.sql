-- How far messages have reached somebody is kept in each channel alone, where they can be counted.
UPDATE reading SET delivered_id = max(delivered_id, receipt_id,
    (SELECT connected_id FROM user WHERE id = user_id));
ALTER TABLE user DROP COLUMN connected_id;
CREATE INDEX reading_delivered ON reading (channel_id, delivered_id);
