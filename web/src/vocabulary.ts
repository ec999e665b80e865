// The JSON of the server's types, as docs/stream.md and the root Go package define them. Field names carry their unit.
// A key that is absent is unknown; it is never read as zero.

import type { Period } from "./picture/applicability";

export interface Text {
  zh: string;
  en: string;
}

export const SEVERITIES = ["none", "info", "advisory", "caution", "warning"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Rank of a severity, 0 none … 4 warning: the number that position frames carry. */
export function severityRank(s: Severity): number {
  return SEVERITIES.indexOf(s);
}

/** States of a track as position frames carry them. */
export const TrackState = {
  unknown: 0,
  ground: 1,
  airborne: 2,
  emergency: 3,
  lost: 4,
  offline: 5,
  unconfirmed: 6,
} as const;

export type Scenario = "wellness" | "rescue" | "city" | "logistics" | "agriculture" | "tourism";
export type AircraftClass = "" | "micro" | "light" | "small" | "medium" | "large";
export type Restriction = "prohibited" | "requires_authorisation" | "conditional" | "no_restriction";
export type Datum = "ellipsoid" | "amsl" | "agl" | "above_takeoff" | "pressure_isa";
export type HeightSource = "reported_agl" | "terrain" | "flat_ground";
export type CloseReason = "true" | "false_alarm" | "duplicate" | "drill";
export const CLOSE_REASONS: readonly CloseReason[] = ["true", "false_alarm", "duplicate", "drill"];

export interface Altitude {
  metres: number;
  datum: Datum;
}

export interface Position {
  longitude_deg: number;
  latitude_deg: number;
  altitude_hae_m?: number;
  altitude_amsl_m?: number;
  height_agl_m?: number;
  height_takeoff_m?: number;
}

export interface Identity {
  slot: number;
  aircraft_id: string;
  name?: Text;
  class?: AircraftClass;
  agricultural?: boolean;
  model?: string;
  scenario?: Scenario;
  registered?: boolean;
  demo?: boolean;
  simulated?: boolean;
  source_id?: string;
  interval_ms?: number;
  jurisdiction_ids?: string[];
}

export interface Clause {
  document: string;
  article: string;
  text: Text;
}

export interface Comment {
  by: string;
  at: string;
  text: string;
}

export interface Handling {
  state: "new" | "acknowledged" | "assigned" | "in_hand" | "closed";
  acknowledged_by?: string;
  acknowledged_at?: string;
  closed_by?: string;
  closed_at?: string;
  close_reason?: CloseReason;
  reopened_at?: string;
  call_logged_by?: string;
  call_logged_at?: string;
  comments?: Comment[];
}

export interface Contact {
  name?: string;
  phone?: string;
  pilot_longitude_deg?: number;
  pilot_latitude_deg?: number;
}

export interface AlertZone {
  id: string;
  version: number;
  name: Text;
  restriction: Restriction;
}

export interface ReportRef {
  seq: number;
  measured_at?: string;
}

export interface Alert {
  id: string;
  rev: number;
  saved_rev?: number;
  object: { kind: string; id: string };
  hazard: string;
  subject?: { kind?: string; id?: string };
  state: "pending" | "firing" | "resolved";
  severity: Severity;
  peak_severity?: Severity;
  found_late?: boolean;
  resolve_reason?: string;
  frozen?: string;
  rule: string;
  rule_name: Text;
  pack: { id: string; version: string; hash: string };
  clause: Clause;
  variant: string;
  text: Text;
  advice?: Text;
  measured?: number;
  limit?: number;
  margin?: number;
  accuracy?: number;
  unit?: string;
  within_ns?: number;
  height_from?: HeightSource;
  note?: string;
  zone?: AlertZone;
  position?: Position;
  reports?: ReportRef[];
  raised_at: string;
  fired_at?: string;
  last_found_at: string;
  last_judged_at: string;
  resolved_at?: string;
  changed_at: string;
  count: number;
  previous_id?: string;
  parent_id?: string;
  folded_count?: number;
  handling: Handling;
  aircraft_name?: Text;
  scenario?: Scenario;
  demo?: boolean;
  owner_id?: string;
  jurisdiction_ids?: string[];
  contact?: Contact;
}

export interface Unjudged {
  hazard: string;
  rule: string;
  subject?: { kind?: string; id?: string };
  reason: string;
}

export interface TrackView {
  aircraft_id: string;
  source_id?: string;
  format?: string;
  measured_at?: string;
  received_at: string;
  observed_at: string;
  position?: Position;
  ground_speed_mps?: number;
  course_deg?: number;
  heading_deg?: number;
  vertical_speed_mps?: number;
  horizontal_accuracy_m?: number;
  vertical_accuracy_m?: number;
  battery_pct?: number;
  link_pct?: number;
  pilot?: Position;
  mode?: string;
  model?: string;
  scenario?: Scenario;
  name?: Text;
  class?: AircraftClass;
  registered?: boolean;
  demo?: boolean;
  simulated?: boolean;
  state: number;
  interval_ns?: number;
  severity: Severity;
  unjudged?: Unjudged[];
}

export interface Health {
  at: string;
  aircraft: number;
  reporting: number;
  airborne: number;
  rules: number;
  zones: number;
  last_judged_at?: string;
  backlog: number;
  skipped: number;
  unjudged: number;
}

export interface Storage {
  database: "ok" | "down";
  since?: string;
  backlog: number;
  journal: "ok" | "slow" | "full";
}

export interface Source {
  id: string;
  format?: string;
  model?: string;
  down: boolean;
  last_seen?: string;
  clock_skew_ns?: number;
  aircraft?: number;
}

/** Properties of a zone's feature as the server writes them: flat, heights with their datum beside them. */
export interface ZoneProperties {
  id: string;
  version?: number;
  name_zh?: string;
  name_en?: string;
  restriction?: Restriction;
  /** Absent: from the ground. */
  floor_m?: number;
  floor_datum?: Datum;
  /** Absent: unlimited. */
  ceiling_m?: number;
  ceiling_datum?: Datum;
  /** When it applies; absent: always. */
  applicability?: Period[];
  kind?: string;
  demo?: boolean;
  /** Circles are sent as a Point with this radius. */
  radius_m?: number;
}

export interface ZoneFeature {
  type: "Feature";
  id?: string | number;
  geometry: GeoJSON.Geometry | null;
  properties: ZoneProperties;
}
