// Which role may do what, and where it fits: the tables of permission.go, which a test reads beside this. For showing what
// can be chosen; the server decides.

import { PERMISSIONS, ROLES, type OrganisationKind, type Permission, type Role } from "./types";

const READER: Permission[] = ["flights.read", "zones.read", "alerts.read", "register.read", "platform.read"];

const granted: Record<Role, readonly Permission[]> = {
  city_administrator: PERMISSIONS,
  city_reviewer: [...READER, "sources.read", "zones.write", "personal.read", "devices.read"],
  city_duty_officer: [...READER, "sources.read", "zones.write", "alerts.handle", "alerts.transfer", "personal.read", "devices.read", "simulations.read"],
  county_administrator: PERMISSIONS,
  county_duty_officer: [...READER, "sources.read", "alerts.handle", "alerts.transfer", "personal.read", "devices.read"],
  department: READER,
  company_administrator: [...READER, "sources.read", "register.write", "personal.read", "people.read", "people.write", "devices.read", "devices.write"],
  pilot: READER,
  auditor: [...READER, "sources.read", "people.read", "devices.read", "audit.read", "simulations.read"],
  tester: [...READER, "sources.read", "simulations.read", "simulations.run"],
  api_client: [...READER, "sources.read", "zones.write", "register.write", "devices.read"],
  device: [],
};

const fits: Record<Role, readonly OrganisationKind[]> = {
  city_administrator: ["city"], city_reviewer: ["city"], city_duty_officer: ["city"], county_administrator: ["county"], county_duty_officer: ["county"], department: ["department"],
  company_administrator: ["company"], pilot: ["company"], auditor: ["city", "county"], tester: ["city", "county"], api_client: ["city", "county", "department", "company"], device: [],
};

/** What the roles grant together, in the order of the table. */
export function grantedBy(roles: readonly Role[]): Permission[] {
  return PERMISSIONS.filter((p) => roles.some((r) => granted[r]?.includes(p)));
}

export function roleFits(role: Role, kind: OrganisationKind): boolean {
  return fits[role]?.includes(kind) ?? false;
}

export interface RoleChoice {
  role: Role;
  /** Why it cannot be given: what the giver does not hold himself. Empty: it can. */
  lacking: Permission[];
}

/** The roles that fit an organisation of a kind; nobody gives what he does not hold himself. */
export function roleChoices(kind: OrganisationKind, own: readonly string[]): RoleChoice[] {
  return ROLES.filter((r) => roleFits(r, kind)).map((role) => ({ role, lacking: grantedBy([role]).filter((p) => !own.includes(p)) }));
}
