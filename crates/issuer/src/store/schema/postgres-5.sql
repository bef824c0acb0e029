-- Where a credential's bit lies, counted over all status lists, and when and why it was revoked. Those issued before have no
-- bit and cannot be revoked.
ALTER TABLE credentials ADD COLUMN place BIGINT;
ALTER TABLE credentials ADD COLUMN revoked BIGINT;
ALTER TABLE credentials ADD COLUMN reason TEXT COLLATE "C";
CREATE UNIQUE INDEX credentials_by_place ON credentials (place);
