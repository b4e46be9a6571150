-- +goose Up
-- A number that rises with every change of databases, tables and partition
-- lists, whoever makes it: caches ask for this one row and no more.
CREATE TABLE catalog_generation (number INTEGER NOT NULL);

INSERT INTO catalog_generation (number) VALUES (1);

-- +goose StatementBegin
CREATE TRIGGER databases_insert AFTER INSERT ON databases
BEGIN UPDATE catalog_generation SET number = number + 1; END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER databases_update AFTER UPDATE ON databases
BEGIN UPDATE catalog_generation SET number = number + 1; END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER databases_delete AFTER DELETE ON databases
BEGIN UPDATE catalog_generation SET number = number + 1; END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER tables_insert AFTER INSERT ON tables
BEGIN UPDATE catalog_generation SET number = number + 1; END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER tables_update AFTER UPDATE ON tables
BEGIN UPDATE catalog_generation SET number = number + 1; END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER tables_delete AFTER DELETE ON tables
BEGIN UPDATE catalog_generation SET number = number + 1; END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER partition_lists_insert AFTER INSERT ON partition_lists
BEGIN UPDATE catalog_generation SET number = number + 1; END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER partition_lists_update AFTER UPDATE ON partition_lists
BEGIN UPDATE catalog_generation SET number = number + 1; END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER partition_lists_delete AFTER DELETE ON partition_lists
BEGIN UPDATE catalog_generation SET number = number + 1; END;
-- +goose StatementEnd
