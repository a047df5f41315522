-- Statistics: what the daily counts were made from.
-- One row for each counted file. day texts are empty when no event was counted.
CREATE TABLE stats_load (
    load_id BIGINT PRIMARY KEY,
    origin TEXT COLLATE "C" NOT NULL,
    rows_in BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    first_day TEXT COLLATE "C" NOT NULL,
    last_day TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL      -- which patron key the event keys were made with
);
CREATE INDEX stats_load_origin ON stats_load (origin);
-- Rows that were refused or counted only once, by code.
CREATE TABLE stats_fault (
    load_id BIGINT NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (load_id, code)
);
-- Keyed 64-bit event keys of a day that a load has counted, sorted and packed: about 6 bytes an event.
CREATE TABLE stats_event_keys (
    day TEXT COLLATE "C" NOT NULL,
    load_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    keys BYTES NOT NULL,
    PRIMARY KEY (day, load_id)
);
CREATE INDEX stats_event_keys_load ON stats_event_keys (load_id);
-- How many events of a load had been counted by an earlier one.
CREATE TABLE stats_overlap (
    load_id BIGINT NOT NULL,
    earlier_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (load_id, earlier_id)
);
-- Loads that a corrected file has replaced.
CREATE TABLE stats_replaced (
    kind TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    file TEXT COLLATE "C" NOT NULL,
    counted BIGINT NOT NULL,
    replaced_by TEXT COLLATE "C" NOT NULL,
    replaced_at TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, sha256, replaced_by)
);
-- Signed hand counts; line is where the entry starts in its file.
CREATE TABLE stats_hand_count (
    load_id BIGINT NOT NULL,
    line BIGINT NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    signed_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (load_id, line)
);
CREATE INDEX stats_hand_count_entry ON stats_hand_count (target, day);
-- Loads that look for overlaps take turns on this row.
CREATE TABLE stats_turn (
    id BIGINT PRIMARY KEY,
    turns BIGINT NOT NULL
);
INSERT INTO stats_turn (id, turns) VALUES (1, 0);
