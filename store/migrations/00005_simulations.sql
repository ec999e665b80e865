-- Runs of scenario files that testers started, and their scores.

-- +goose Up

-- summary is the card without what makes it long: lists show it. A card of hundreds of runs has megabytes.
CREATE TABLE simulations (
	id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name             text NOT NULL,
	source           text NOT NULL, -- '' is a file that ships
	seeds            bigint[] NOT NULL,
	state            text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
	done             integer NOT NULL DEFAULT 0,
	runs             integer NOT NULL,
	problem          text NOT NULL DEFAULT '',
	by_user          text NOT NULL,
	started_at       timestamptz NOT NULL,
	ended_at         timestamptz,
	card             jsonb,
	summary          jsonb,
	organisation_id  text NOT NULL REFERENCES organisations (id),
	jurisdiction_ids text[] NOT NULL,
	CHECK ((state = 'done') = (card IS NOT NULL) AND (card IS NULL) = (summary IS NULL)),
	CHECK ((state IN ('waiting', 'running')) = (ended_at IS NULL))
);
CREATE INDEX simulations_organisation ON simulations (organisation_id, id DESC);
CREATE INDEX simulations_open ON simulations (id) WHERE state IN ('waiting', 'running');

-- +goose Down
-- A token that could do nothing else would, without its narrowing, do everything.
DELETE FROM api_tokens WHERE permissions <> '{}' AND permissions <@ '{simulations.read,simulations.run}';
UPDATE api_tokens SET permissions = array_remove(array_remove(permissions, 'simulations.read'), 'simulations.run');
UPDATE users SET roles = array_remove(roles, 'tester');
DROP TABLE simulations;
