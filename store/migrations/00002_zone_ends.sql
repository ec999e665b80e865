-- +goose Up

-- Who ended a version of a zone and why: a newer version (its publisher, no reason), a person, or the server when the
-- last period of a temporary zone was over.
ALTER TABLE zones ADD COLUMN ended_by text NOT NULL DEFAULT '';
ALTER TABLE zones ADD COLUMN end_reason text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE zones DROP COLUMN ended_by, DROP COLUMN end_reason;
