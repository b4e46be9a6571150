-- +goose Up
-- What the migrations of SQLite make up to this version. Texts are compared by
-- their bytes, as SQLite does: COLLATE "C".
CREATE TABLE databases (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        TEXT   COLLATE "C" NOT NULL UNIQUE, -- lower case
    description TEXT   NOT NULL,
    location    TEXT   NOT NULL,
    parameters  TEXT   NOT NULL, -- JSON object
    created     BIGINT NOT NULL, -- microseconds since 1970, as every time here
    other       TEXT   NOT NULL DEFAULT ''
);

CREATE TABLE tables (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    database_id BIGINT NOT NULL REFERENCES databases (id),
    name        TEXT   COLLATE "C" NOT NULL, -- lower case
    kind        TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    definition  TEXT   NOT NULL, -- JSON: columns, keys, storage, parameters
    created     BIGINT NOT NULL,
    updated     BIGINT NOT NULL,
    UNIQUE (database_id, name)
);

-- One row for each table that ever had partitions.
CREATE TABLE partition_lists (
    table_id BIGINT PRIMARY KEY REFERENCES tables (id),
    version  BIGINT NOT NULL,
    count    BIGINT NOT NULL,
    next_id  BIGINT NOT NULL
);

-- The partitions, some thousand to a row, ordered by key text. Keys may be longer
-- than what an index of PostgreSQL takes, and a table has few chunks: the index
-- finds those of a table..
CREATE TABLE partition_chunks (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_id  BIGINT NOT NULL REFERENCES tables (id),
    first_key BYTEA  NOT NULL,
    count     BIGINT NOT NULL,
    data      BYTEA  NOT NULL
);

CREATE INDEX partition_chunks_table ON partition_chunks (table_id);

CREATE TABLE workgroups (
    name     TEXT   COLLATE "C" PRIMARY KEY, -- lower case
    settings TEXT   NOT NULL, -- JSON object
    created  BIGINT NOT NULL,
    updated  BIGINT NOT NULL
);

-- What the store's users keep under a key of their own space.
CREATE TABLE documents (
    space    TEXT   COLLATE "C" NOT NULL,
    key      TEXT   COLLATE "C" NOT NULL,
    table_id BIGINT REFERENCES tables (id) ON DELETE CASCADE, -- NULL: of no table
    version  BIGINT NOT NULL,
    data     BYTEA  NOT NULL,
    PRIMARY KEY (space, key)
);

CREATE INDEX documents_table ON documents (table_id) WHERE table_id IS NOT NULL;

-- What tables were before they were changed.
CREATE TABLE table_versions (
    table_id      BIGINT NOT NULL REFERENCES tables (id) ON DELETE CASCADE,
    version       BIGINT NOT NULL,
    database_name TEXT   COLLATE "C" NOT NULL,
    name          TEXT   COLLATE "C" NOT NULL,
    kind          TEXT   NOT NULL,
    definition    TEXT   NOT NULL,
    created       BIGINT NOT NULL,
    updated       BIGINT NOT NULL,
    archived      BIGINT NOT NULL,
    PRIMARY KEY (table_id, version)
);

-- A number that rises with every change of databases, tables and partition
-- lists, whoever makes it. Who listens is told when the change is committed.
CREATE TABLE catalog_generation (number BIGINT NOT NULL);

INSERT INTO catalog_generation (number) VALUES (1);

-- +goose StatementBegin
CREATE FUNCTION catalog_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('UPDATE %I.catalog_generation SET number = number + 1', TG_TABLE_SCHEMA);
    PERFORM pg_notify('glaux_catalog', TG_TABLE_SCHEMA);
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER databases_changed AFTER INSERT OR UPDATE OR DELETE ON databases FOR EACH STATEMENT EXECUTE FUNCTION catalog_changed();

CREATE TRIGGER tables_changed AFTER INSERT OR UPDATE OR DELETE ON tables FOR EACH STATEMENT EXECUTE FUNCTION catalog_changed();

CREATE TRIGGER partition_lists_changed AFTER INSERT OR UPDATE OR DELETE ON partition_lists FOR EACH STATEMENT EXECUTE FUNCTION catalog_changed();

-- Who keeps documents in memory is told too.
-- +goose StatementBegin
CREATE FUNCTION documents_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('glaux_documents', TG_TABLE_SCHEMA);
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER documents_changed AFTER INSERT OR UPDATE OR DELETE ON documents FOR EACH STATEMENT EXECUTE FUNCTION documents_changed();

-- What budgets have spent: one row for each budget, principal and period.
CREATE TABLE budget_counters (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    budget    TEXT   COLLATE "C" NOT NULL,
    principal TEXT   COLLATE "C" NOT NULL, -- whose scans: workgroup w, user u, tag t
    period    TEXT   COLLATE "C" NOT NULL, -- hour, day, week, month
    started   BIGINT NOT NULL, -- the window: from started up to, not including, ended
    ended     BIGINT NOT NULL,
    spent     BIGINT NOT NULL, -- bytes
    asked     BIGINT NOT NULL, -- rises when a holder is refused what others have leased
    UNIQUE (budget, principal, period, started)
);

CREATE INDEX budget_counters_ended ON budget_counters (ended);

-- What servers may spend of a counter without asking again: it counts as used
-- until it is given back.
CREATE TABLE budget_leases (
    counter BIGINT NOT NULL REFERENCES budget_counters (id) ON DELETE CASCADE,
    holder  BIGINT NOT NULL, -- the number of a lock that the server holds while it lives
    bytes   BIGINT NOT NULL,
    PRIMARY KEY (counter, holder)
);
