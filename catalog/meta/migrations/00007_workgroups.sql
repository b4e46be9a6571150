-- +goose Up
-- Workgroups are documents; nothing was ever kept here.
DROP TABLE workgroups;
