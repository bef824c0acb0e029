-- Where a credential's bit lies, counted over all status lists, and when and why it was revoked. Those issued before have no
-- bit and cannot be revoked.
ALTER TABLE credentials ADD COLUMN place INTEGER;
ALTER TABLE credentials ADD COLUMN revoked INTEGER;
ALTER TABLE credentials ADD COLUMN reason TEXT;
CREATE UNIQUE INDEX credentials_by_place ON credentials (place);
