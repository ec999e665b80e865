-- +goose Up

-- Conventions: every row that a person may see carries organisation_id and jurisdiction_ids; reads filter by them in
-- SQL. Names carry the unit and, for heights, the datum: altitude_hae_m is above the WGS-84 ellipsoid,
-- altitude_amsl_m above mean sea level, height_agl_m above the ground below, height_takeoff_m above the take-off
-- point. NULL is "not reported". Instants are UTC.

-- Where in the journal this database is: everything up to seq is in the tables, nothing after it.
CREATE TABLE journal_position (
	only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
	seq        bigint NOT NULL,
	at         timestamptz
);
INSERT INTO journal_position (seq) VALUES (0);

-- Records that could not be stored, and why. The stream goes on without them.
CREATE TABLE journal_rejects (
	seq        bigint PRIMARY KEY,
	kind       smallint NOT NULL,
	at         timestamptz NOT NULL,
	topic      text NOT NULL,
	reason     text NOT NULL
);

CREATE TABLE aircraft (
	id               text PRIMARY KEY,
	class            text NOT NULL,
	agricultural     boolean NOT NULL,
	model            text NOT NULL,
	name_zh          text NOT NULL,
	name_en          text NOT NULL,
	scenario         text NOT NULL,
	contact_name     text NOT NULL,
	contact_phone    text NOT NULL,
	demo             boolean NOT NULL,
	organisation_id  text NOT NULL,
	jurisdiction_ids text[] NOT NULL,
	updated_at       timestamptz NOT NULL
);

-- Every version of every zone. current is the newest version of a zone that has not ended.
CREATE TABLE zones (
	id               text NOT NULL,
	version          integer NOT NULL CHECK (version > 0),
	restriction      text NOT NULL,
	kind             text NOT NULL,
	demo             boolean NOT NULL,
	body             jsonb NOT NULL,
	published_at     timestamptz NOT NULL,
	published_by     text NOT NULL,
	reason           text NOT NULL,
	ended_at         timestamptz,
	current          boolean NOT NULL,
	organisation_id  text NOT NULL,
	jurisdiction_ids text[] NOT NULL,
	PRIMARY KEY (id, version)
);
CREATE UNIQUE INDEX zones_current ON zones (id) WHERE current;

-- at is measured_at where that is plausible, else received_at. A message that is delivered twice has the same key.
CREATE TABLE telemetry (
	aircraft_id              text NOT NULL,
	at                       timestamptz NOT NULL,
	source_id                text NOT NULL,
	digest                   bigint NOT NULL, -- CRC-32C of the bytes: tells a redelivery from another part of the same instant
	seq                      bigint NOT NULL,
	format                   text NOT NULL,
	measured_at              timestamptz,
	received_at              timestamptz NOT NULL,
	back_fill                boolean NOT NULL,
	longitude_deg            double precision,
	latitude_deg             double precision,
	altitude_hae_m           double precision,
	altitude_amsl_m          double precision,
	height_agl_m             double precision,
	height_takeoff_m         double precision,
	ground_speed_mps         double precision,
	course_deg               double precision,
	heading_deg              double precision,
	vertical_speed_mps       double precision,
	horizontal_accuracy_m    double precision,
	vertical_accuracy_m      double precision,
	battery_pct              double precision,
	return_need_pct          double precision,
	link_pct                 double precision,
	status                   text,
	forced_landing           boolean NOT NULL,
	c2_lost                  boolean,
	pilot_longitude_deg      double precision,
	pilot_latitude_deg       double precision,
	pilot_altitude_hae_m     double precision,
	pilot_altitude_amsl_m    double precision,
	pilot_height_agl_m       double precision,
	pilot_height_takeoff_m   double precision,
	takeoff_altitude_hae_m   double precision,
	home_longitude_deg       double precision,
	home_latitude_deg        double precision,
	mode                     text NOT NULL,
	model                    text NOT NULL,
	scenario                 text NOT NULL,
	plan_id                  text NOT NULL,
	simulated                boolean NOT NULL,
	organisation_id          text NOT NULL,
	jurisdiction_ids         text[] NOT NULL,
	PRIMARY KEY (aircraft_id, at, source_id, digest)
) PARTITION BY RANGE (at);
CREATE INDEX telemetry_at ON telemetry USING brin (at);
-- Reports of devices whose clock is far off, by that clock: to know them again.
CREATE INDEX telemetry_displaced ON telemetry (aircraft_id, source_id, measured_at) WHERE at <> measured_at;
-- What lies far outside the days for which partitions are made.
CREATE TABLE telemetry_default PARTITION OF telemetry DEFAULT;

CREATE TABLE traffic_reports (
	traffic_id         text NOT NULL,
	at                 timestamptz NOT NULL,
	source_id          text NOT NULL,
	seen_by            text NOT NULL,
	seq                bigint NOT NULL,
	measured_at        timestamptz,
	received_at        timestamptz NOT NULL,
	longitude_deg      double precision NOT NULL,
	latitude_deg       double precision NOT NULL,
	altitude_hae_m     double precision,
	altitude_amsl_m    double precision,
	height_agl_m       double precision,
	height_takeoff_m   double precision,
	ground_speed_mps   double precision,
	course_deg         double precision,
	vertical_speed_mps double precision,
	warning_level      integer NOT NULL,
	category           text NOT NULL,
	organisation_id    text NOT NULL,
	jurisdiction_ids   text[] NOT NULL,
	PRIMARY KEY (traffic_id, at, source_id, seen_by)
);
CREATE INDEX traffic_reports_at ON traffic_reports USING brin (at);

CREATE TABLE station_reports (
	station_id       text NOT NULL,
	at               timestamptz NOT NULL,
	source_id        text NOT NULL,
	seq              bigint NOT NULL,
	kind             text NOT NULL,
	measured_at      timestamptz,
	received_at      timestamptz NOT NULL,
	longitude_deg    double precision,
	latitude_deg     double precision,
	altitude_hae_m   double precision,
	altitude_amsl_m  double precision,
	height_agl_m     double precision,
	height_takeoff_m double precision,
	aircraft_id      text NOT NULL,
	drone_in_dock    boolean,
	wind_speed_mps   double precision,
	rain             integer,
	temperature_c    double precision,
	humidity_pct     double precision,
	mode             text NOT NULL,
	organisation_id  text NOT NULL,
	jurisdiction_ids text[] NOT NULL,
	PRIMARY KEY (station_id, at, source_id)
);
CREATE INDEX station_reports_at ON station_reports USING brin (at);

-- What devices tell once: events, requests, and gateways that come and go (method "topology").
CREATE TABLE device_events (
	gateway_id       text NOT NULL,
	aircraft_id      text NOT NULL,
	method           text NOT NULL,
	at               timestamptz NOT NULL,
	tid              text NOT NULL,
	seq              bigint NOT NULL,
	bid              text NOT NULL,
	measured_at      timestamptz,
	received_at      timestamptz NOT NULL,
	request          boolean NOT NULL,
	body             jsonb NOT NULL,
	organisation_id  text NOT NULL,
	jurisdiction_ids text[] NOT NULL,
	PRIMARY KEY (gateway_id, aircraft_id, method, at, tid)
);
CREATE INDEX device_events_at ON device_events USING brin (at);

-- The newest revision of every alert. body is the whole of it; the columns are what is searched by.
CREATE TABLE alerts (
	id               text PRIMARY KEY,
	rev              bigint NOT NULL,
	seq              bigint NOT NULL,
	state            text NOT NULL,
	severity         smallint NOT NULL,
	peak_severity    smallint NOT NULL,
	hazard           text NOT NULL,
	rule_id          text NOT NULL,
	object_kind      text NOT NULL,
	object_id        text NOT NULL,
	handling_state   text NOT NULL,
	open             boolean NOT NULL,
	demo             boolean NOT NULL,
	raised_at        timestamptz NOT NULL,
	changed_at       timestamptz NOT NULL,
	resolved_at      timestamptz,
	body             jsonb NOT NULL,
	organisation_id  text NOT NULL,
	jurisdiction_ids text[] NOT NULL
);
CREATE INDEX alerts_raised ON alerts (raised_at DESC, id DESC);
CREATE INDEX alerts_open ON alerts (raised_at DESC, id DESC) WHERE open;
CREATE INDEX alerts_object ON alerts (object_kind, object_id, raised_at DESC, id DESC);
CREATE INDEX alerts_hazard ON alerts (hazard, raised_at DESC, id DESC);
CREATE INDEX alerts_jurisdictions ON alerts USING gin (jurisdiction_ids);

CREATE TABLE alert_revisions (
	alert_id         text NOT NULL,
	rev              bigint NOT NULL,
	seq              bigint NOT NULL,
	changed_at       timestamptz NOT NULL,
	body             jsonb NOT NULL,
	organisation_id  text NOT NULL,
	jurisdiction_ids text[] NOT NULL,
	PRIMARY KEY (alert_id, rev)
);

-- What people did with alerts. pending until the revision that shows it comes, which sets rev and is written together
-- with the audit row; no_effect when none came.
CREATE TABLE alert_handling (
	request_id       text PRIMARY KEY,
	alert_id         text NOT NULL,
	seq              bigint NOT NULL,
	at               timestamptz NOT NULL,
	action           text NOT NULL,
	by_user          text NOT NULL,
	from_address     text NOT NULL,
	comment          text NOT NULL,
	close_reason     text NOT NULL,
	state            text NOT NULL CHECK (state IN ('pending', 'applied', 'no_effect')),
	rev              bigint,
	organisation_id  text NOT NULL,
	jurisdiction_ids text[] NOT NULL
);
CREATE INDEX alert_handling_alert ON alert_handling (alert_id, seq);
CREATE INDEX alert_handling_pending ON alert_handling (seq) WHERE state = 'pending';

CREATE TABLE audit (
	id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at               timestamptz NOT NULL,
	by_user          text NOT NULL,
	from_address     text NOT NULL,
	action           text NOT NULL,
	object           text NOT NULL,
	detail           text NOT NULL,
	organisation_id  text NOT NULL,
	jurisdiction_ids text[] NOT NULL
);
CREATE INDEX audit_at ON audit (at DESC, id DESC);
CREATE INDEX audit_object ON audit (object, at DESC);

-- +goose StatementBegin
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE users (
	username            text PRIMARY KEY CHECK (username = lower(username)),
	display_name        text NOT NULL,
	password_hash       text NOT NULL,
	roles               text[] NOT NULL,
	disabled            boolean NOT NULL,
	organisation_id     text NOT NULL,
	jurisdiction_ids    text[] NOT NULL,
	created_at          timestamptz NOT NULL,
	password_changed_at timestamptz NOT NULL
);

-- token_hash is the SHA-256 of the cookie's token: who reads this table cannot sign in with it.
CREATE TABLE sessions (
	token_hash bytea PRIMARY KEY,
	data       bytea NOT NULL,
	expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
	id               text PRIMARY KEY,
	name             text NOT NULL,
	username         text NOT NULL REFERENCES users (username),
	hash             bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
	created_at       timestamptz NOT NULL,
	expires_at       timestamptz,
	revoked_at       timestamptz,
	organisation_id  text NOT NULL,
	jurisdiction_ids text[] NOT NULL
);

-- +goose Down
DROP TABLE api_tokens, sessions, users, audit, alert_handling, alert_revisions, alerts, device_events,
	station_reports, traffic_reports, telemetry, zones, aircraft, journal_rejects, journal_position;
DROP FUNCTION refuse_change();
