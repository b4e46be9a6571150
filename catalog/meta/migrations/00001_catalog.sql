-- +goose Up
-- Identifiers come from AUTOINCREMENT: they are never given twice.
CREATE TABLE databases (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    name        TEXT    NOT NULL UNIQUE, -- lower case
    description TEXT    NOT NULL,
    location    TEXT    NOT NULL,
    parameters  TEXT    NOT NULL,        -- JSON object
    created     INTEGER NOT NULL         -- microseconds since 1970, as every time here
);

CREATE TABLE tables (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    database_id INTEGER NOT NULL REFERENCES databases (id),
    name        TEXT    NOT NULL, -- lower case
    kind        TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    definition  TEXT    NOT NULL, -- JSON: columns, keys, storage, parameters
    created     INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    UNIQUE (database_id, name)
);

-- One row for each table that ever had partitions.
CREATE TABLE partition_lists (
    table_id INTEGER PRIMARY KEY REFERENCES tables (id),
    version  INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    next_id  INTEGER NOT NULL
);

-- The partitions themselves, some thousand to a row, as leaves of a tree
-- ordered by key text: a chunk holds what is from its first key up to the next
-- chunk's.
CREATE TABLE partition_chunks (
    id        INTEGER PRIMARY KEY,
    table_id  INTEGER NOT NULL REFERENCES tables (id),
    first_key BLOB    NOT NULL,
    count     INTEGER NOT NULL,
    data      BLOB    NOT NULL,
    UNIQUE (table_id, first_key)
);

CREATE TABLE query_history (
    sequence         INTEGER PRIMARY KEY AUTOINCREMENT,
    id               TEXT    NOT NULL UNIQUE,
    user_name        TEXT    NOT NULL,
    workgroup        TEXT    NOT NULL,
    database_name    TEXT    NOT NULL,
    sql_text         TEXT    NOT NULL,
    state            TEXT    NOT NULL,
    error_code       TEXT    NOT NULL,
    error_message    TEXT    NOT NULL,
    started          INTEGER NOT NULL,
    ended            INTEGER NOT NULL,
    bytes_scanned    INTEGER NOT NULL,
    bytes_metadata   INTEGER NOT NULL,
    requests         INTEGER NOT NULL,
    files_total      INTEGER NOT NULL,
    files_read       INTEGER NOT NULL,
    partitions_total INTEGER NOT NULL,
    partitions_read  INTEGER NOT NULL,
    rows_read        INTEGER NOT NULL,
    rows_returned    INTEGER NOT NULL,
    peak_memory      INTEGER NOT NULL
);

CREATE INDEX query_history_started ON query_history (started);

CREATE TABLE workgroups (
    name     TEXT    PRIMARY KEY, -- lower case
    settings TEXT    NOT NULL,    -- JSON object
    created  INTEGER NOT NULL,
    updated  INTEGER NOT NULL
);

CREATE TABLE key_values (
    space TEXT NOT NULL,
    key   TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (space, key)
);
