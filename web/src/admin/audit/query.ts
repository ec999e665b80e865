import { dayBegins, dayEnds } from "../days";

export interface Search {
  by: string;
  action: string;
  object: string;
  /** Days in Shanghai, both included; "" for open. */
  from: string;
  to: string;
}

export const NOTHING: Search = { by: "", action: "", object: "", from: "", to: "" };
export const PAGE = 100;

/** The query of the server: instants in UTC, a group of actions as a prefix with a star. */
export function auditQuery(s: Search, cursor: string): URLSearchParams {
  const q = new URLSearchParams({ limit: String(PAGE) });
  for (const k of ["by", "action", "object"] as const) if (s[k].trim()) q.set(k, s[k].trim());
  if (s.from) q.set("from", dayBegins(s.from));
  if (s.to) q.set("to", dayEnds(s.to));
  if (cursor) q.set("cursor", cursor);
  return q;
}

/** What can be asked for: every action and, as a group, all of one kind. */
export const ACTIONS = ["session.begin", "session.end", "session.refused", "person.create", "person.change", "person.password", "person.disable", "token.issue", "token.revoke", "device.create", "device.renew", "device.revoke",
  "organisation.save", "pilot.save", "pilot.remove", "site.save", "site.remove", "aircraft.save", "aircraft.remove", "zone.publish", "zone.end", "alert.acknowledge", "alert.comment", "alert.log_call", "alert.close", "alert.assign",
  "alert.hand_over", "alert.pull_up", "personal.look", "access.denied", "register.import", "register.export", "simulation.start", "simulation.cancel"] as const;
export const GROUPS = [...new Set(ACTIONS.map((a) => a.split(".")[0] ?? ""))];
