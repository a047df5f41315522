-- The first file of a session (SHA-256): tells sessions of the same name apart. Empty: published before this was kept.
ALTER TABLE inventory_session ADD COLUMN first_file TEXT COLLATE "C" NOT NULL DEFAULT '';
