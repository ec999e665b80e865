-- What crewed traffic says above 1013.25 hPa, and the pressure that makes a height of it.

-- +goose Up
ALTER TABLE traffic_reports ADD COLUMN pressure_altitude_m double precision;
ALTER TABLE station_reports ADD COLUMN qnh_hpa double precision;

-- +goose Down
ALTER TABLE station_reports DROP COLUMN qnh_hpa;
ALTER TABLE traffic_reports DROP COLUMN pressure_altitude_m;
