-- +goose Up
-- What the store's users keep under a key of their own space.
CREATE TABLE documents (
    space    TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    table_id INTEGER REFERENCES tables (id) ON DELETE CASCADE, -- NULL: of no table
    version  INTEGER NOT NULL,
    data     BLOB    NOT NULL,
    PRIMARY KEY (space, key)
);

CREATE INDEX documents_table ON documents (table_id) WHERE table_id IS NOT NULL;

INSERT INTO documents (space, key, table_id, version, data) SELECT space, key, NULL, 1, value FROM key_values;

DROP TABLE key_values;

-- What tables were before they were changed.
CREATE TABLE table_versions (
    table_id      INTEGER NOT NULL REFERENCES tables (id) ON DELETE CASCADE,
    version       INTEGER NOT NULL,
    database_name TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    definition    TEXT    NOT NULL,
    created       INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    archived      INTEGER NOT NULL,
    PRIMARY KEY (table_id, version)
);

-- JSON object of what a Glue client said and nobody here reads.
ALTER TABLE databases ADD COLUMN other TEXT NOT NULL DEFAULT '';
