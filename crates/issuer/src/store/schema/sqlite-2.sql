-- An opening may come after its line was kept aside, and then stays as it is.
DROP TRIGGER aside_stays;
CREATE TRIGGER aside_stays BEFORE UPDATE OF sitting, seq, digest, late, line, received ON aside
BEGIN SELECT RAISE (ABORT, 'what was kept aside stays'); END;
CREATE TRIGGER aside_openings_stay BEFORE UPDATE OF salt, content ON aside WHEN OLD.content IS NOT NULL
BEGIN SELECT RAISE (ABORT, 'what was kept aside stays'); END;
