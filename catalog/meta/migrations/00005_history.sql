-- +goose Up
-- The history has a file of its own, so that its writes, its pruning and its
-- trouble are not the catalog's. What was here moves when the store is opened.
DROP INDEX query_history_started;

ALTER TABLE query_history RENAME TO query_history_moves;
