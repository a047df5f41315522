-- Results of stock-taking: what reconcile --publish and order --publish last said of each session.
CREATE TABLE inventory_session (
    session TEXT COLLATE "C" PRIMARY KEY,
    snapshot TEXT COLLATE "C" NOT NULL,      -- SHA-256 of the holdings file
    files BIGINT NOT NULL,
    scans BIGINT NOT NULL,
    items BIGINT NOT NULL,                   -- rows of the snapshot
    seen BIGINT NOT NULL                     -- distinct items seen
);
CREATE TABLE inventory_outcome (
    session TEXT COLLATE "C" NOT NULL,
    location TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (session, location, outcome)
);
CREATE TABLE inventory_move (
    session TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,                  -- in the order of scanning
    barcode TEXT COLLATE "C" NOT NULL,
    from_anchor TEXT COLLATE "C" NOT NULL,
    from_position BIGINT NOT NULL,
    to_anchor TEXT COLLATE "C" NOT NULL,
    left_barcode TEXT COLLATE "C" NOT NULL,
    right_barcode TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (session, number)
);
