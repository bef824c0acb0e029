-- When a piece of evidence was deleted because its time was over. Its digest stays.
ALTER TABLE evidence ADD COLUMN deleted INTEGER;
