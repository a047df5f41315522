-- Loads and daily counts: what every domain shares.
CREATE TABLE load (
    id BIGINT PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    file TEXT COLLATE "C" NOT NULL,      -- base name only: a report must not depend on folders
    sha256 TEXT COLLATE "C" NOT NULL,
    profile TEXT COLLATE "C" NOT NULL,
    row_count BIGINT,
    reject_count BIGINT,
    loaded_at TEXT COLLATE "C" NOT NULL,
    UNIQUE (kind, source, sha256, profile)
);
CREATE TABLE daily_count (
    origin TEXT COLLATE "C" NOT NULL,
    measure TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    branch TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (measure, day, branch, category, origin)
);
CREATE INDEX daily_count_origin ON daily_count (origin);
