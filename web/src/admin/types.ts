// The JSON of accounts, registers, devices and the audit trail, as the server's REST operations give it. A key that is
// absent is unknown.

import type { AircraftClass, Position, Scenario, Text } from "../vocabulary";

export const ROLES = ["city_administrator", "city_reviewer", "city_duty_officer", "county_administrator", "county_duty_officer", "department",
  "company_administrator", "pilot", "auditor", "tester", "api_client", "device"] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = ["flights.read", "sources.read", "zones.read", "zones.write", "alerts.read", "alerts.handle", "alerts.transfer", "register.read",
  "register.write", "personal.read", "people.read", "people.write", "devices.read", "devices.write", "audit.read", "platform.read",
  "simulations.read", "simulations.run"] as const;
export type Permission = (typeof PERMISSIONS)[number];

export type OrganisationKind = "city" | "county" | "department" | "company";

/** "2027-03-31", the last day in Asia/Shanghai; "" or absent: not known. */
export type Day = string;

export interface Organisation {
  id: string;
  kind: OrganisationKind;
  name: Text;
  jurisdiction_id: string;
  scenarios?: Scenario[];
  credit_code?: string;
  contact_name?: string;
  has_phone?: boolean;
  certified_until?: Day;
  disabled?: boolean;
  demo?: boolean;
  updated_at?: string;
  /** Accounts and aircraft of it; absent: the viewer may not know. */
  people?: number;
  aircraft?: number;
  pilots?: number;
  devices?: number;
}

export interface Person {
  username: string;
  display_name: string;
  external_id?: string;
  roles: Role[];
  disabled?: boolean;
  organisation_id: string;
  created_at?: string;
  password_changed_at?: string;
  must_change?: boolean;
  last_sign_in_at?: string;
}

export interface Token {
  id: string;
  name: string;
  username: string;
  permissions?: Permission[];
  created_at: string;
  expires_at?: string;
  revoked_at?: string;
  last_used_at?: string;
}

export interface SessionInfo {
  id: string;
  username: string;
  began_at: string;
  used_at: string;
  ends_at: string;
  from: string;
  agent?: string;
  current?: boolean;
}

export interface Aircraft {
  id: string;
  class: AircraftClass;
  agricultural: boolean;
  model: string;
  name?: Text;
  scenario?: Scenario;
  contact_name?: string;
  has_phone?: boolean;
  serial?: string;
  registration_mark?: string;
  remote_ids?: string[];
  icao_address?: string;
  empty_mass_kg?: number;
  takeoff_mass_kg?: number;
  insured_until?: Day;
  demo?: boolean;
  organisation_id: string;
  jurisdiction_ids?: string[];
  updated_at?: string;
}

export interface Pilot {
  id: string;
  name: string;
  has_phone?: boolean;
  licence?: string;
  licence_until?: Day;
  classes?: AircraftClass[];
  username?: string;
  demo?: boolean;
  organisation_id: string;
  updated_at?: string;
}

export type SiteKind = "dock" | "pad";

export interface Site {
  id: string;
  kind: SiteKind;
  name: Text;
  position: Position & { amsl_geoid?: string };
  device_id?: string;
  demo?: boolean;
  organisation_id: string;
  jurisdiction_ids?: string[];
  updated_at?: string;
}

export type DeviceKind = "aircraft" | "gateway" | "weather" | "traffic";
export const DEVICE_KINDS: readonly DeviceKind[] = ["aircraft", "gateway", "weather", "traffic"];

export interface Device {
  id: string;
  kind: DeviceKind;
  name?: string;
  created_at?: string;
  renewed_at?: string;
  revoked_at?: string;
  demo?: boolean;
  organisation_id: string;
  state?: { connected: boolean; since?: string; address?: string; refused?: number };
}

export interface Expiry {
  kind: "aircraft" | "pilot" | "organisation";
  id: string;
  name: Text;
  what: "insurance" | "licence" | "certificate";
  until: Day;
  organisation_id: string;
}

export type RegisterKind = "aircraft" | "pilots" | "companies" | "sites";
export const REGISTERS: readonly RegisterKind[] = ["aircraft", "pilots", "companies", "sites"];

export interface RowProblem {
  field: string;
  code: string;
  text?: Text;
}

export type RowChange = "new" | "changed" | "same" | "refused";

export interface CheckedRow {
  row: number;
  id: string;
  change: RowChange;
  /** Of a changed one: the columns that differ. */
  fields?: string[];
  problems?: RowProblem[];
}

export interface CheckedFile {
  rows: CheckedRow[];
  counts: Partial<Record<RowChange, number>>;
}

export interface AuditEntry {
  seq: number;
  at: string;
  by: string;
  from?: string;
  request_id?: string;
  action: string;
  object?: string;
  detail?: string;
  before?: unknown;
  after?: unknown;
  organisation_id?: string;
  hash?: string;
}

export interface ChainAnswer {
  ok: boolean;
  entries: number;
  head?: { seq: number; hash: string };
  broken_at?: number;
  reason?: string;
}
