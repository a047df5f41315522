-- Interlibrary loan and document delivery: requests, attempts at partners, and an append-only audit trail.
CREATE TABLE ill_request (
    id TEXT COLLATE "C" PRIMARY KEY,          -- yy + sequence (6) + check digit
    reference TEXT COLLATE "C" NOT NULL UNIQUE,
    role TEXT COLLATE "C" NOT NULL,           -- requester, supplier
    service TEXT COLLATE "C" NOT NULL,        -- loan, copy
    title TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    container TEXT COLLATE "C" NOT NULL,      -- the journal or book that a copy is taken from
    volume TEXT COLLATE "C" NOT NULL,
    issue TEXT COLLATE "C" NOT NULL,
    year TEXT COLLATE "C" NOT NULL,
    pages TEXT COLLATE "C" NOT NULL,
    isbn TEXT COLLATE "C" NOT NULL,
    issn TEXT COLLATE "C" NOT NULL,
    patron TEXT COLLATE "C" NOT NULL,         -- keyed pseudonym, never the card number
    requested TEXT COLLATE "C" NOT NULL,      -- days, local
    need_before TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    filled TEXT COLLATE "C" NOT NULL,         -- day of receiving or supplying, empty before
    load_id BIGINT
);
CREATE TABLE ill_attempt (
    id TEXT COLLATE "C" PRIMARY KEY,          -- request id + letter: what partners see, never reused
    request_id TEXT COLLATE "C" NOT NULL,
    partner TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    partner_number TEXT COLLATE "C" NOT NULL,
    sheet_written TEXT COLLATE "C" NOT NULL,  -- instant at which the order sheet was written
    sent TEXT COLLATE "C" NOT NULL            -- day, from the operator's confirmation
);
CREATE INDEX ill_attempt_request ON ill_attempt (request_id);
CREATE TABLE ill_audit (
    request_id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    recorded TEXT COLLATE "C" NOT NULL,       -- instant, UTC
    day TEXT COLLATE "C" NOT NULL,            -- day the event stands for
    event TEXT COLLATE "C" NOT NULL,
    operator TEXT COLLATE "C" NOT NULL,
    partner_number TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    before_state TEXT COLLATE "C" NOT NULL,
    after_state TEXT COLLATE "C" NOT NULL,
    chain TEXT COLLATE "C" NOT NULL,          -- SHA-256 over the previous chain value and this row
    PRIMARY KEY (request_id, seq)
);
