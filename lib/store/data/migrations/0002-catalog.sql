-- The catalogue: bibliographic records and items as their sources last gave them, and what each load did.
-- state: live; deleted (the record says so: Leader/05 = d); vanished (gone from a --full load).
-- hash: of the content, so that an unchanged record is known without being compared.
-- first_load, last_load: the load that brought the row, and the one that changed it last.
CREATE TABLE bib (
    control_number TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    first_load BIGINT NOT NULL,
    last_load BIGINT NOT NULL,
    dialect TEXT COLLATE "C" NOT NULL,   -- marc21, unimarc, cnmarc
    title TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    isbn TEXT COLLATE "C" NOT NULL,      -- the first valid one, 13 digits; empty: none
    language TEXT COLLATE "C" NOT NULL,  -- three letters; und: not said
    material TEXT COLLATE "C" NOT NULL,
    entered TEXT COLLATE "C" NOT NULL,   -- day entered on file, yyyy-mm-dd; empty: not said
    record BYTES NOT NULL,               -- ISO 2709 in UTF-8, MARC-in-JSON when too big for it; zstd when smaller
    PRIMARY KEY (control_number, source)
);
-- Covers the counts by language, material and day, which must not read the records.
CREATE INDEX bib_count ON bib (source, state, language, material, entered);

CREATE TABLE item (
    barcode TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    first_load BIGINT NOT NULL,
    last_load BIGINT NOT NULL,
    bib TEXT COLLATE "C" NOT NULL,          -- control number as the item file gives it
    location TEXT COLLATE "C" NOT NULL,
    call_number TEXT COLLATE "C" NOT NULL,
    scheme TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,       -- the source's own word
    status_class TEXT COLLATE "C" NOT NULL, -- on_shelf, on_loan, in_transit, off_shelf, missing, withdrawn, pending, unknown
    volume TEXT COLLATE "C" NOT NULL,
    copy TEXT COLLATE "C" NOT NULL,
    updated TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (barcode, source)
);
CREATE INDEX item_bib ON item (bib);
CREATE INDEX item_place ON item (state, location, status_class);

CREATE TABLE catalog_load (
    load_id BIGINT PRIMARY KEY,
    is_full BIGINT NOT NULL,
    records_in BIGINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    repeated BIGINT NOT NULL,
    rejects BIGINT NOT NULL,
    vanished BIGINT NOT NULL
);
CREATE TABLE catalog_fault (
    load_id BIGINT NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (load_id, code)
);
