-- +goose Up
-- Times are microseconds since 1970, lengths of time microseconds. Columns with
-- a default are left out by the insert of queries that read no files. Long texts
-- stand last: sums over the numbers do not read them.
CREATE TABLE query_history (
    sequence         INTEGER PRIMARY KEY AUTOINCREMENT,
    id               TEXT    NOT NULL UNIQUE,
    user_name        TEXT    NOT NULL,
    workgroup        TEXT    NOT NULL,
    database_name    TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    state            TEXT    NOT NULL,
    application      TEXT    NOT NULL,
    client_addr      TEXT    NOT NULL,
    started          INTEGER NOT NULL,
    ended            INTEGER NOT NULL,
    planning         INTEGER NOT NULL,
    rows_returned    INTEGER NOT NULL,
    peak_memory      INTEGER NOT NULL,
    error_code       TEXT    NOT NULL DEFAULT '',
    queued           INTEGER NOT NULL DEFAULT 0,
    bytes_scanned    INTEGER NOT NULL DEFAULT 0,
    bytes_billed     INTEGER NOT NULL DEFAULT 0,
    bytes_cached     INTEGER NOT NULL DEFAULT 0,
    bytes_metadata   INTEGER NOT NULL DEFAULT 0,
    bytes_limit      INTEGER NOT NULL DEFAULT 0,
    estimate_lower   INTEGER NOT NULL DEFAULT 0,
    estimate_upper   INTEGER NOT NULL DEFAULT 0,
    cost             REAL    NOT NULL DEFAULT 0,
    requests         INTEGER NOT NULL DEFAULT 0,
    files_total      INTEGER NOT NULL DEFAULT 0,
    files_read       INTEGER NOT NULL DEFAULT 0,
    partitions_total INTEGER NOT NULL DEFAULT 0,
    partitions_read  INTEGER NOT NULL DEFAULT 0,
    rows_read        INTEGER NOT NULL DEFAULT 0,
    spilled          INTEGER NOT NULL DEFAULT 0,
    reused           INTEGER NOT NULL DEFAULT 0,
    tags             TEXT    NOT NULL DEFAULT '', -- JSON array
    sql_text         TEXT    NOT NULL,
    error_message    TEXT    NOT NULL DEFAULT '',
    plan_text        TEXT    NOT NULL DEFAULT '',
    table_details    TEXT    NOT NULL DEFAULT ''  -- JSON array of objects
);

CREATE INDEX query_history_started ON query_history (started);
