// Who may decide about an alert: whoever has authority over the jurisdiction that holds it. The server decides; the
// console says beforehand what it would answer.

import { may, type User } from "../api";
import type { Region } from "../picture/regions";
import type { Alert, Contact } from "../vocabulary";
import { membersOf } from "../picture/pairs";

/** The jurisdiction that has the alert in hand; "" where it lies in none: the city's. */
export function holderOf(a: Alert): string {
  return a.handling.holder_id || a.owner_id || "";
}

/** The top of the region's tree, "" until it is read. */
export function cityOf(region: Region): string {
  return region.jurisdictions.find((j) => j.level === 0)?.id ?? "";
}

/** Whether this user's organisation decides about the alert: the city about any, a county about what it holds. */
export function decides(user: User, a: Alert): boolean {
  const kind = user.organisation?.kind;
  return kind === "city" || (kind === "county" && holderOf(a) !== "" && holderOf(a) === user.organisation?.jurisdiction_id);
}

export function mayHandle(user: User, a: Alert): boolean {
  return may(user, "alerts.handle") && decides(user, a);
}

export function mayTransfer(user: User, a: Alert): boolean {
  return may(user, "alerts.transfer") && decides(user, a) && a.handling.state !== "closed";
}

/** The city takes up what a county holds. */
export function mayPullUp(user: User, a: Alert, region: Region): boolean {
  const holder = holderOf(a);
  return mayTransfer(user, a) && user.organisation?.kind === "city" && holder !== "" && holder !== cityOf(region);
}

export interface Party {
  aircraft: string;
  contact: Contact | undefined;
}

/** The aircraft that the alert is about, each with whom to call; those that have no name here are left out. */
export function partiesOf(a: Alert): Party[] {
  const named = membersOf(a).filter((m) => m.kind === "aircraft" && !isUnnamed(m.id));
  return named.slice(0, 2).map((m, i) => ({ aircraft: m.id, contact: i === 0 ? a.contact : a.other_contact }));
}

/** Ids that the server writes in place of somebody else's aircraft. */
export function isUnnamed(id: string): boolean {
  return id.startsWith("anonymous-");
}
