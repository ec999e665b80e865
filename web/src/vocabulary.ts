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
export type Geoid = "cn1985" | "egm96" | "egm2008";
export type HeightSource = "reported_agl" | "terrain" | "terrain_envelope" | "flat_ground";
export type CloseReason = "true" | "false_alarm" | "duplicate" | "drill";
export const CLOSE_REASONS: readonly CloseReason[] = ["true", "false_alarm", "duplicate", "drill"];

export interface Altitude {
  metres: number;
  datum: Datum;
  /** Of amsl; absent: the 1985 国家高程基准. */
  geoid?: Geoid;
  /** It was given in feet and is shown so. */
  feet?: boolean;
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
  /** Traffic of somebody else near a flight of one's own: nothing but the slot is told of it. */
  anonymous?: boolean;
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
  /** The jurisdiction that has it in hand; absent: the alert's owner. */
  holder_id?: string;
  holder_since?: string;
  transfers?: Transfer[];
  assigned_to?: Assignee;
  assigned_by?: string;
  assigned_at?: string;
}

/** A department or company, or one person. */
export interface Assignee {
  organisation_id?: string;
  username?: string;
}

export interface Transfer {
  action: "hand_over" | "pull_up";
  from_id: string;
  to_id: string;
  by: string;
  at: string;
}

/** Whom to call. The number itself is looked up one at a time, which the server records. */
export interface Contact {
  name?: string;
  has_phone?: boolean;
  pilot_longitude_deg?: number;
  pilot_latitude_deg?: number;
}

export interface AlertZone {
  id: string;
  version: number;
  name: Text;
  restriction: Restriction;
  demo?: boolean;
}

export interface ReportRef {
  seq: number;
  measured_at?: string;
}

/** How far two aircraft are apart at one instant, and the bounds (±) of that. */
export interface Approach {
  in_ns: number;
  horizontal_m: number;
  horizontal_bound_m: number;
  /** Absent: the two have no height in one datum. */
  vertical_m?: number;
  vertical_bound_m?: number;
  reason?: string;
}

export interface PairMember {
  kind: string;
  id: string;
  name?: Text;
  crewed?: boolean;
  position: Position;
  age_ns: number;
}

export interface Pair {
  a: PairMember;
  b: PairMember;
  crewed?: boolean;
  minima: { horizontal_m: number; vertical_m: number };
  now: Approach;
  closest: Approach;
  reason?: string;
}

/** Crewed traffic as somebody saw it. */
export interface TrafficView {
  id: string;
  seen_by?: string;
  source_id?: string;
  measured_at?: string;
  received_at: string;
  /** Of the position when the answer was made, s. */
  age_s?: number;
  position: Position;
  /** Above 1013.25 hPa. */
  pressure_altitude_m?: number;
  ground_speed_mps?: number;
  course_deg?: number;
  vertical_speed_mps?: number;
  /** 0 to 4; 3 and above: give way. */
  warning_level?: number;
  category?: string;
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
  /** Of a pair, as it was when this was found. */
  pair?: Pair;
  vertical_m?: number;
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
  /** Of the second aircraft of a pair. */
  other_contact?: Contact;
}

export interface Unjudged {
  hazard: string;
  rule: string;
  subject?: { kind?: string; id?: string };
  reason: string;
}

export interface TrackView {
  aircraft_id: string;
  /** Height above ground as the newest report was judged by. */
  height?: { metres?: number; from?: HeightSource; bound_m?: number; reason?: string; flat_m?: number };
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

/** A height band as the server writes it: flat, heights with their datum beside them. */
export interface Limits {
  /** Absent: from the ground. */
  floor_m?: number;
  floor_datum?: Datum;
  floor_geoid?: Geoid;
  floor_feet?: boolean;
  /** Absent: unlimited. */
  ceiling_m?: number;
  ceiling_datum?: Datum;
  ceiling_geoid?: Geoid;
  ceiling_feet?: boolean;
}

/** A further volume of a zone: a Point with radius_m is a circle, a LineString with width_m (full width) a corridor. */
export interface FurtherVolume extends Limits {
  geometry?: GeoJSON.Geometry | null;
  radius_m?: number;
  width_m?: number;
}

export interface ZoneContact {
  name?: Text;
  service?: Text;
  person?: Text;
  email?: string;
  phone?: string;
  url?: string;
  purpose?: string;
  before?: string;
}

export interface Exemption {
  organisation_id?: string;
  scenario?: Scenario;
  plan_id?: string;
}

/** Properties of a zone's feature. The shape of the feature itself is the zone's first volume. */
export interface ZoneProperties extends Limits {
  id: string;
  version?: number;
  name_zh?: string;
  name_en?: string;
  restriction?: Restriction;
  radius_m?: number;
  width_m?: number;
  further?: FurtherVolume[];
  /** Widens every volume; absent: 0. */
  buffer_m?: number;
  warning_band_m?: number;
  /** When it applies; absent: always. */
  applicability?: Period[];
  /** The platform ends it after the last of its periods. */
  temporary?: boolean;
  /** The superior platform that this is a copy of: read-only here. */
  superior?: string;
  exemptions?: Exemption[];
  reasons?: string[];
  reason_zh?: string;
  reason_en?: string;
  conditions_zh?: string;
  conditions_en?: string;
  message_zh?: string;
  message_en?: string;
  authority?: string;
  contacts?: ZoneContact[];
  kind?: string;
  source?: string;
  demo?: boolean;
  organisation_id?: string;
  jurisdiction_ids?: string[];
  published_at?: string;
  /** In the answer of an import: how it stands to what is in force. */
  import_change?: "new" | "changed" | "same";
}

export interface ZoneFeature {
  type: "Feature";
  id?: string | number;
  geometry: GeoJSON.Geometry | null;
  properties: ZoneProperties;
}
