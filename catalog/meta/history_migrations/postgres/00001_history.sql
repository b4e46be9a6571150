-- +goose Up
-- Times are microseconds since 1970, lengths of time microseconds. Columns with
-- a default are left out by the insert of queries that read no files. Long texts
-- stand last: sums over the numbers do not read them.
CREATE TABLE query_history (
    sequence         BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id               TEXT    COLLATE "C" NOT NULL UNIQUE,
    user_name        TEXT    COLLATE "C" NOT NULL,
    workgroup        TEXT    COLLATE "C" NOT NULL,
    database_name    TEXT    COLLATE "C" NOT NULL,
    kind             TEXT    COLLATE "C" NOT NULL,
    state            TEXT    COLLATE "C" NOT NULL,
    application      TEXT    COLLATE "C" NOT NULL,
    client_addr      TEXT    NOT NULL,
    started          BIGINT  NOT NULL,
    ended            BIGINT  NOT NULL,
    planning         BIGINT  NOT NULL,
    rows_returned    BIGINT  NOT NULL,
    peak_memory      BIGINT  NOT NULL,
    error_code       TEXT    NOT NULL DEFAULT '',
    queued           BIGINT  NOT NULL DEFAULT 0,
    bytes_scanned    BIGINT  NOT NULL DEFAULT 0,
    bytes_billed     BIGINT  NOT NULL DEFAULT 0,
    bytes_cached     BIGINT  NOT NULL DEFAULT 0,
    bytes_metadata   BIGINT  NOT NULL DEFAULT 0,
    bytes_limit      BIGINT  NOT NULL DEFAULT 0,
    estimate_lower   BIGINT  NOT NULL DEFAULT 0,
    estimate_upper   BIGINT  NOT NULL DEFAULT 0,
    cost             DOUBLE PRECISION NOT NULL DEFAULT 0,
    requests         BIGINT  NOT NULL DEFAULT 0,
    files_total      BIGINT  NOT NULL DEFAULT 0,
    files_read       BIGINT  NOT NULL DEFAULT 0,
    partitions_total BIGINT  NOT NULL DEFAULT 0,
    partitions_read  BIGINT  NOT NULL DEFAULT 0,
    rows_read        BIGINT  NOT NULL DEFAULT 0,
    spilled          BIGINT  NOT NULL DEFAULT 0,
    reused           BOOLEAN NOT NULL DEFAULT FALSE,
    tags             TEXT    NOT NULL DEFAULT '', -- JSON array
    sql_text         TEXT    NOT NULL,
    error_message    TEXT    NOT NULL DEFAULT '',
    plan_text        TEXT    NOT NULL DEFAULT '',
    table_details    TEXT    NOT NULL DEFAULT ''  -- JSON array of objects
);

CREATE INDEX query_history_started ON query_history (started);
