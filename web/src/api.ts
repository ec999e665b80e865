// The REST calls of the console. Every failure is a Problem with what a person can be told: the server's problem+json
// (RFC 9457) with its id, or that the server was not reached.

import type { GridCell } from "./picture/grid";
import type { CloseReason, Position, TrafficView, ZoneFeature } from "./vocabulary";

const BASE = "/api/v1";

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: the server was not reached
    readonly title: string,
    readonly detail: string,
    readonly id: string,
    /** The field that was refused and why, as the server wrote it. */
    readonly field = "",
    readonly reason = "",
    /** Seconds after which it may be tried again, 0 where the server did not say. */
    readonly retryAfterS = 0,
    /** The whole answer, for what a single operation adds to it. */
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail || title);
  }
}

/** One call; the other pages of the console build theirs on it. */
export async function call<T>(method: string, path: string, body?: unknown, keepalive = false, headers: Record<string, string> = {}, timeoutMs = 15_000): Promise<T> {
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      credentials: "same-origin",
      keepalive,
      headers: {
        Accept: "application/json",
        "Accept-Language": document.documentElement.lang || "zh-CN",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch {
    throw new Problem(0, "", "", "");
  }
  const text = await response.text().catch(() => "");
  if (!response.ok) throw readProblem(response, text);
  return (text ? JSON.parse(text) : undefined) as T;
}

function readProblem(response: Response, text: string): Problem {
  try {
    const p = JSON.parse(text) as Record<string, unknown>;
    const id = String(p["id"] ?? p["instance"] ?? response.headers.get("X-Request-Id") ?? "");
    return new Problem(response.status, String(p["title"] ?? ""), String(p["detail"] ?? ""), id, String(p["field"] ?? ""), String(p["reason"] ?? ""), Number(response.headers.get("Retry-After")) || 0, p);
  } catch {
    return new Problem(response.status, response.statusText, "", response.headers.get("X-Request-Id") ?? "");
  }
}

/** What somebody sees; see Scope in scope.go. */
export interface Scope {
  all?: boolean;
  organisation_ids?: string[];
  jurisdiction_ids?: string[];
  scenarios?: string[];
  all_zones?: boolean;
  anonymous?: boolean;
}

export interface User {
  /** As people read it. */
  name: string;
  /** As it is typed at sign-in. */
  username?: string;
  roles?: string[];
  permissions?: string[];
  /** The password was given by somebody else: a new one comes first. */
  mustChange?: boolean;
  method?: "password" | "oidc" | "token";
  organisation?: { id: string; kind: string; name: { zh: string; en: string }; jurisdiction_id: string };
  scope?: Scope;
  /** Where this user's map begins. */
  home?: { west: number; south: number; east: number; north: number } | null;
}

/** The user of an answer, wherever the server puts it. */
function readUser(raw: unknown): User {
  const r = (raw ?? {}) as Record<string, unknown>;
  const u = (r["user"] ?? r) as Record<string, unknown>;
  const some = <K extends keyof User>(key: K, from: string = key): Partial<Pick<User, K>> => (u[from] === undefined ? {} : { [key]: u[from] } as Pick<User, K>);
  return {
    name: String(u["display_name"] || u["name"] || u["username"] || ""), username: String(u["name"] || u["username"] || ""), roles: (u["roles"] as string[] | undefined) ?? [],
    permissions: (u["permissions"] as string[] | undefined) ?? [], mustChange: u["must_change"] === true,
    ...some("method"), ...some("organisation"), ...some("scope"), ...some("home"),
  };
}

export function may(user: User, permission: string): boolean {
  return user.permissions?.includes(permission) ?? false;
}

/** Whether there is anything on the administration pages for this user. */
export function mayAdminister(user: User): boolean {
  return ["people.read", "register.read", "devices.read", "audit.read"].some((p) => may(user, p));
}

export async function signIn(username: string, password: string): Promise<User> {
  const user = readUser(await call("POST", "/session", { username, password }));
  return user.name ? user : { ...user, name: username };
}

/** The signed-in user, or null where nobody is. Any other failure is thrown. */
export async function currentUser(): Promise<User | null> {
  try {
    return readUser(await call("GET", "/session"));
  } catch (err) {
    if (err instanceof Problem && (err.status === 401 || err.status === 403)) return null;
    throw err;
  }
}

export function signOut(): Promise<void> {
  return call("DELETE", "/session");
}

export function fetchRegion(): Promise<unknown> {
  return call("GET", "/region");
}

/** One look at a telephone number; the server records it. The alert lets those see it whose area it touches. */
export function lookAtContact(aircraft: string, alert: string): Promise<{ name: string; phone: string }> {
  return call("POST", "/contacts", { kind: "aircraft", id: aircraft, alert_id: alert });
}

export interface SignInMethods {
  password: boolean;
  oidc: { name: { zh: string; en: string } } | null;
}

export function fetchSignInMethods(): Promise<SignInMethods> {
  return call("GET", "/session/methods");
}

/** Where the browser goes to sign in at the city's identity provider. */
export const OIDC_PATH = `${BASE}/session/oidc`;

export interface Assignees {
  organisations: { id: string; name: { zh: string; en: string }; kind: string }[];
  people: { username: string; display_name: string; organisation_id: string }[];
  jurisdictions: { id: string; name: { zh: string; en: string } }[];
}

/** Whom an alert may be given to and where it may be handed over; without one: whoever may ever be given one. */
export function fetchAssignees(alert = ""): Promise<Assignees> {
  return call("GET", alert ? `/assignees?alert_id=${encodeURIComponent(alert)}` : "/assignees");
}

export interface Status {
  demo?: boolean;
  dji?: { configured?: boolean; state?: string; missing?: string[]; message?: { zh?: string; en?: string } };
  version?: string;
}

export function fetchStatus(): Promise<Status> {
  return call("GET", "/status");
}

/** Every zone in force, and the number of the newest publication among them. */
export async function fetchZones(): Promise<{ features: ZoneFeature[]; seq: number }> {
  const answer = await call<{ features?: ZoneFeature[]; zones_seq?: number }>("GET", "/zones");
  return { features: answer?.features ?? [], seq: answer?.zones_seq ?? 0 };
}

/** Crewed traffic of the last minute. */
export async function fetchTraffic(): Promise<TrafficView[]> {
  return (await call<{ traffic?: TrafficView[] }>("GET", "/traffic"))?.traffic ?? [];
}

/** Cells with traffic of a level of the BeiDou grid in a box; minutes 0 is now. */
export async function fetchGrid(level: number, box: { west: number; south: number; east: number; north: number }, minutes: number): Promise<GridCell[]> {
  const q = new URLSearchParams({ level: String(level), minutes: String(minutes) });
  // The grid is coded in the north-eastern quarter of the Earth only.
  const within = { west: Math.max(0, box.west), south: Math.max(0, box.south), east: Math.min(180, box.east), north: Math.min(88, box.north) };
  if (within.west >= within.east || within.south >= within.north) return [];
  for (const side of ["west", "south", "east", "north"] as const) q.set(side, within[side].toFixed(6));
  return (await call<{ cells?: GridCell[] }>("GET", `/grid?${q}`))?.cells ?? [];
}

/** One stored report. */
export interface HistoryPoint {
  measured_at?: string;
  received_at: string;
  observed_at?: string;
  position?: Position;
}

/** Stored reports of an aircraft between two instants of the server's clock, ms since 1970 UTC. */
export async function fetchHistory(aircraft: string, from: number, to: number): Promise<{ points: HistoryPoint[]; to: number }> {
  const iso = (t: number): string => encodeURIComponent(new Date(t).toISOString());
  const answer = await call<{ points?: HistoryPoint[]; to?: string }>("GET", `/tracks/${encodeURIComponent(aircraft)}/history?from=${iso(from)}&to=${iso(to)}`);
  return { points: answer?.points ?? [], to: Date.parse(answer?.to ?? "") || to };
}

const alertPath = (id: string, action: string): string => `/alerts/${encodeURIComponent(id)}/${action}`;

export function acknowledgeAlert(id: string): Promise<unknown> {
  return call("POST", alertPath(id, "acknowledge"), {});
}

export function closeAlert(id: string, reason: CloseReason, comment: string): Promise<unknown> {
  return call("POST", alertPath(id, "close"), comment ? { reason, comment } : { reason });
}

export function commentAlert(id: string, comment: string): Promise<unknown> {
  return call("POST", alertPath(id, "comment"), { comment });
}

export function assignAlert(id: string, to: { organisation_id?: string; username?: string }): Promise<unknown> {
  return call("POST", alertPath(id, "assign"), to);
}

export function handOverAlert(id: string, to: string): Promise<unknown> {
  return call("POST", alertPath(id, "hand-over"), { to_id: to });
}

export function pullUpAlert(id: string): Promise<unknown> {
  return call("POST", alertPath(id, "pull-up"), {});
}

/** Names of organisations and people that this user may read, for those who transfer no alerts. */
export async function fetchNames(user: User): Promise<Pick<Assignees, "organisations" | "people">> {
  if (may(user, "alerts.transfer")) return fetchAssignees();
  type Some = Partial<Pick<Assignees, "organisations" | "people">>;
  const [o, p] = await Promise.all([
    may(user, "register.read") ? call<Some>("GET", "/organisations") : ({} as Some),
    may(user, "people.read") ? call<Some>("GET", "/people") : ({} as Some),
  ]);
  return { organisations: o.organisations ?? [], people: p.people ?? [] };
}

/** Own flights as they are now. */
export async function fetchTracks(): Promise<{ state: number; position?: Position }[]> {
  return (await call<{ tracks?: { state: number; position?: Position }[] | null }>("GET", "/tracks"))?.tracks ?? [];
}

export function logCall(id: string, comment: string): Promise<unknown> {
  return call("POST", alertPath(id, "call"), comment ? { comment } : {});
}
