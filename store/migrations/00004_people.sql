-- +goose Up

-- Who belongs together. seeded rows come from the region pack and were changed by nobody since.
CREATE TABLE organisations (
	id                   text PRIMARY KEY,
	kind                 text NOT NULL CHECK (kind IN ('city', 'county', 'department', 'company')),
	name_zh              text NOT NULL,
	name_en              text NOT NULL,
	jurisdiction_id      text NOT NULL,
	scenarios            text[] NOT NULL DEFAULT '{}',
	credit_code          text NOT NULL DEFAULT '',
	contact_name         text NOT NULL DEFAULT '',
	contact_phone_sealed text NOT NULL DEFAULT '',
	certified_until      text NOT NULL DEFAULT '', -- a day, "2027-03-31"
	disabled             boolean NOT NULL DEFAULT false,
	demo                 boolean NOT NULL DEFAULT false,
	seeded               boolean NOT NULL,
	updated_at           timestamptz NOT NULL,
	organisation_id      text NOT NULL GENERATED ALWAYS AS (id) STORED,
	jurisdiction_ids     text[] NOT NULL GENERATED ALWAYS AS (ARRAY[jurisdiction_id]) STORED
);
-- Until now there was one organisation, the city's; the region pack gives it its name at the next start.
INSERT INTO organisations (id, kind, name_zh, name_en, jurisdiction_id, seeded, updated_at)
	SELECT organisation_id, 'city', organisation_id, organisation_id, coalesce(max(jurisdiction_ids[1]), ''), true, max(created_at)
	FROM users GROUP BY organisation_id;

ALTER TABLE users
	ADD COLUMN external_id text NOT NULL DEFAULT '',
	ADD COLUMN must_change boolean NOT NULL DEFAULT false,
	ADD COLUMN last_sign_in_at timestamptz,
	ADD FOREIGN KEY (organisation_id) REFERENCES organisations (id);
UPDATE users SET roles = array_replace(roles, 'administrator', 'city_administrator');
CREATE UNIQUE INDEX users_external ON users (external_id) WHERE external_id <> '';
CREATE INDEX users_organisation ON users (organisation_id);

ALTER TABLE api_tokens
	ADD COLUMN permissions text[] NOT NULL DEFAULT '{}',
	ADD COLUMN last_used_at timestamptz;
CREATE INDEX api_tokens_user ON api_tokens (username);

-- id names a session and opens nothing: the beginning of what is stored of its token. Sessions of before end here, for
-- nobody knows where they are from.
DELETE FROM sessions;
ALTER TABLE sessions
	ADD COLUMN id text NOT NULL GENERATED ALWAYS AS (substr(encode(token_hash, 'hex'), 1, 20)) STORED,
	ADD COLUMN username text NOT NULL,
	ADD COLUMN began_at timestamptz NOT NULL,
	ADD COLUMN used_at timestamptz NOT NULL,
	ADD COLUMN from_address text NOT NULL,
	ADD COLUMN agent text NOT NULL;
CREATE INDEX sessions_user ON sessions (username);

-- contact_phone is what older versions kept in clear; it is emptied when it has been sealed.
ALTER TABLE aircraft
	ADD COLUMN contact_phone_sealed text NOT NULL DEFAULT '',
	ADD COLUMN serial text NOT NULL DEFAULT '',
	ADD COLUMN registration_mark text NOT NULL DEFAULT '',
	ADD COLUMN remote_ids text[] NOT NULL DEFAULT '{}',
	ADD COLUMN icao_address text NOT NULL DEFAULT '',
	ADD COLUMN empty_mass_kg double precision,
	ADD COLUMN takeoff_mass_kg double precision,
	ADD COLUMN insured_until text NOT NULL DEFAULT '',
	ALTER COLUMN contact_phone SET DEFAULT '';
CREATE INDEX aircraft_organisation ON aircraft (organisation_id);

-- Every name that an aircraft may report under, its id included and "icao:" before a transponder's address: one name is
-- one aircraft.
CREATE TABLE aircraft_ids (
	alias       text PRIMARY KEY,
	aircraft_id text NOT NULL REFERENCES aircraft (id) ON DELETE CASCADE
);
CREATE INDEX aircraft_ids_aircraft ON aircraft_ids (aircraft_id);
INSERT INTO aircraft_ids (alias, aircraft_id) SELECT id, id FROM aircraft;

CREATE TABLE pilots (
	id               text PRIMARY KEY,
	name             text NOT NULL,
	phone_sealed     text NOT NULL,
	licence          text NOT NULL,
	licence_until    text NOT NULL,
	classes          text[] NOT NULL,
	username         text NOT NULL,
	demo             boolean NOT NULL,
	updated_at       timestamptz NOT NULL,
	organisation_id  text NOT NULL REFERENCES organisations (id),
	jurisdiction_ids text[] NOT NULL
);
CREATE INDEX pilots_organisation ON pilots (organisation_id);

CREATE TABLE sites (
	id               text PRIMARY KEY,
	kind             text NOT NULL CHECK (kind IN ('dock', 'pad')),
	name_zh          text NOT NULL,
	name_en          text NOT NULL,
	longitude_deg    double precision NOT NULL,
	latitude_deg     double precision NOT NULL,
	altitude_hae_m   double precision,
	altitude_amsl_m  double precision,
	height_agl_m     double precision,
	amsl_geoid       text NOT NULL,
	device_id        text NOT NULL,
	demo             boolean NOT NULL,
	updated_at       timestamptz NOT NULL,
	organisation_id  text NOT NULL REFERENCES organisations (id),
	jurisdiction_ids text[] NOT NULL
);

-- hash is the SHA-256 of the secret.
CREATE TABLE devices (
	id               text PRIMARY KEY,
	kind             text NOT NULL CHECK (kind IN ('aircraft', 'gateway', 'weather', 'traffic')),
	name             text NOT NULL,
	hash             bytea NOT NULL CHECK (length(hash) = 32),
	created_at       timestamptz NOT NULL,
	renewed_at       timestamptz NOT NULL,
	revoked_at       timestamptz,
	demo             boolean NOT NULL,
	organisation_id  text NOT NULL REFERENCES organisations (id),
	jurisdiction_ids text[] NOT NULL
);
CREATE INDEX devices_organisation ON devices (organisation_id);

ALTER TABLE alerts ADD COLUMN scenario text NOT NULL DEFAULT '';
UPDATE alerts SET scenario = body->>'scenario' WHERE body->>'scenario' <> '';
CREATE INDEX alerts_scenario ON alerts (scenario, raised_at DESC, id DESC);

ALTER TABLE alert_handling
	ADD COLUMN to_id text NOT NULL DEFAULT '',
	ADD COLUMN assignee_organisation_id text NOT NULL DEFAULT '',
	ADD COLUMN assignee_username text NOT NULL DEFAULT '';

-- reported_id is the name that an aircraft reported under, where it is not the id of its register entry.
-- flight_scenario is whose flight it was, where the report does not say: of the register.
ALTER TABLE telemetry
	ADD COLUMN reported_id text,
	ADD COLUMN flight_scenario text;

-- The audit trail as a chain: each row holds the hash of the one before and its own, see lowsky.EntryHash.
DROP TRIGGER audit_only_grows ON audit;
ALTER TABLE audit RENAME TO audit_unchained;
ALTER INDEX audit_pkey RENAME TO audit_unchained_pkey;
DROP INDEX audit_at, audit_object;
CREATE TABLE audit (
	seq              bigint PRIMARY KEY,
	at               timestamptz NOT NULL,
	by_user          text NOT NULL,
	from_address     text NOT NULL,
	request_id       text NOT NULL,
	action           text NOT NULL,
	object           text NOT NULL,
	detail           text NOT NULL,
	before           text NOT NULL, -- JSON, and text so that it stays the bytes that were hashed; '' is none
	after            text NOT NULL,
	organisation_id  text NOT NULL,
	jurisdiction_ids text[] NOT NULL,
	previous         bytea NOT NULL CHECK (length(previous) = 32),
	hash             bytea NOT NULL CHECK (length(hash) = 32)
);

-- One transaction at a time adds rows, from its first row to its end: whoever adds one does so last. Where nothing is
-- locked a second writer would give the same seq, which the primary key refuses.
-- +goose StatementBegin
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	last_seq  bigint;
	last_hash bytea;
	content   text := '';
	field     text;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('lowsky audit ' || TG_TABLE_SCHEMA, 0));
	EXECUTE format('SELECT seq, hash FROM %I.%I ORDER BY seq DESC LIMIT 1', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO last_seq, last_hash;
	NEW.seq := coalesce(last_seq, 0) + 1;
	NEW.previous := coalesce(last_hash, decode(repeat('00', 32), 'hex'));
	FOREACH field IN ARRAY ARRAY[NEW.seq::text, round(extract(epoch FROM NEW.at) * 1000000)::bigint::text, NEW.by_user, NEW.from_address,
		NEW.request_id, NEW.action, NEW.object, NEW.detail, NEW.before, NEW.after, NEW.organisation_id,
		cardinality(NEW.jurisdiction_ids)::text] || NEW.jurisdiction_ids
	LOOP
		content := content || octet_length(convert_to(field, 'UTF8')) || ':' || field;
	END LOOP;
	NEW.hash := sha256('32:'::bytea || NEW.previous || convert_to(content, 'UTF8'));
	RETURN NEW;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_chain BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_chain();
INSERT INTO audit (at, by_user, from_address, request_id, action, object, detail, before, after, organisation_id, jurisdiction_ids)
	SELECT at, by_user, from_address, '', action, object, detail, '', '', organisation_id, jurisdiction_ids FROM audit_unchained ORDER BY id;
DROP TABLE audit_unchained;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_object ON audit (object text_pattern_ops, seq DESC);
CREATE INDEX audit_action ON audit (action text_pattern_ops, seq DESC);
CREATE INDEX audit_by ON audit (by_user, seq DESC);
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- +goose Down
-- What was added is lost, phones that were sealed too; the chain becomes rows.
DROP TRIGGER audit_only_grows ON audit;
DROP TRIGGER audit_chain ON audit;
DROP FUNCTION audit_chain();
ALTER TABLE audit DROP COLUMN request_id, DROP COLUMN before, DROP COLUMN after, DROP COLUMN previous, DROP COLUMN hash;
ALTER TABLE audit RENAME COLUMN seq TO id;
ALTER TABLE audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;
SELECT setval(pg_get_serial_sequence('audit', 'id'), coalesce(max(id), 0) + 1, false) FROM audit;
DROP INDEX audit_at, audit_object, audit_action, audit_by;
CREATE INDEX audit_at ON audit (at DESC, id DESC);
CREATE INDEX audit_object ON audit (object, at DESC);
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE telemetry DROP COLUMN reported_id, DROP COLUMN flight_scenario;
ALTER TABLE alert_handling DROP COLUMN to_id, DROP COLUMN assignee_organisation_id, DROP COLUMN assignee_username;
ALTER TABLE alerts DROP COLUMN scenario;
DROP TABLE devices, sites, pilots, aircraft_ids;
ALTER TABLE aircraft DROP COLUMN contact_phone_sealed, DROP COLUMN serial, DROP COLUMN registration_mark, DROP COLUMN remote_ids,
	DROP COLUMN icao_address, DROP COLUMN empty_mass_kg, DROP COLUMN takeoff_mass_kg, DROP COLUMN insured_until,
	ALTER COLUMN contact_phone DROP DEFAULT;
DELETE FROM sessions;
ALTER TABLE sessions DROP COLUMN id, DROP COLUMN username, DROP COLUMN began_at, DROP COLUMN used_at, DROP COLUMN from_address, DROP COLUMN agent;
ALTER TABLE api_tokens DROP COLUMN permissions, DROP COLUMN last_used_at;
UPDATE users SET roles = array_replace(roles, 'city_administrator', 'administrator');
ALTER TABLE users DROP CONSTRAINT users_organisation_id_fkey, DROP COLUMN external_id, DROP COLUMN must_change, DROP COLUMN last_sign_in_at;
DROP INDEX users_organisation, api_tokens_user, aircraft_organisation;
DROP TABLE organisations;
