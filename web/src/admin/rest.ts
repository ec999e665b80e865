// The REST operations of these pages. Secrets come in answers only, once; nothing here keeps them.

import { Problem, call } from "../api";
import type { Aircraft, AuditEntry, ChainAnswer, CheckedFile, Device, Expiry, Organisation, Permission, Person, Pilot, RegisterKind, SessionInfo, Site, Token } from "./types";

const at = (base: string, id: string): string => `${base}/${encodeURIComponent(id)}`;

/** The id is in the address and not in the body. */
function put<T>(base: string, { id, ...body }: { id: string } & Record<string, unknown>): Promise<T> {
  return call("PUT", at(base, id), body);
}

async function list<T>(path: string, key: string): Promise<T[]> {
  return ((await call<Record<string, T[] | null>>("GET", path)) ?? {})[key] ?? [];
}

export const fetchOrganisations = (): Promise<Organisation[]> => list("/organisations", "organisations");
export const saveOrganisation = (o: { id: string } & Record<string, unknown>): Promise<Organisation> => put("/organisations", o);

export const fetchPeople = (): Promise<Person[]> => list("/people", "people");
export const createPerson = (p: Record<string, unknown>): Promise<{ person: Person; password?: string }> => call("POST", "/people", p);
export const savePerson = (username: string, p: Record<string, unknown>): Promise<Person> => put("/people", { ...p, id: username });
export const resetPassword = (username: string): Promise<{ password: string }> => call("POST", `${at("/people", username)}/password`, {});
export const endSessionsOf = (username: string): Promise<{ ended?: number } | undefined> => call("DELETE", `${at("/people", username)}/sessions`);
export const fetchTokensOf = (username: string): Promise<Token[]> => list(`${at("/people", username)}/tokens`, "tokens");

export interface NewToken {
  name: string;
  permissions: Permission[];
  expires_at?: string;
}

export const issueToken = (username: string | null, t: NewToken): Promise<{ token: Token; secret: string }> =>
  call("POST", username === null ? "/account/tokens" : `${at("/people", username)}/tokens`, t);
export const revokeToken = (own: boolean, id: string): Promise<void> => call("DELETE", at(own ? "/account/tokens" : "/tokens", id));

export const changePassword = (old: string, fresh: string): Promise<void> => call("PUT", "/account/password", { old, new: fresh });
export const fetchSessions = (): Promise<SessionInfo[]> => list("/account/sessions", "sessions");
export const endSession = (id: string): Promise<void> => call("DELETE", at("/account/sessions", id));
export const fetchOwnTokens = (): Promise<Token[]> => list("/account/tokens", "tokens");

export const fetchAircraft = (): Promise<Aircraft[]> => list("/aircraft", "aircraft");
export const saveAircraft = (a: { id: string } & Record<string, unknown>): Promise<Aircraft> => put("/aircraft", a);
export const removeAircraft = (id: string): Promise<void> => call("DELETE", at("/aircraft", id));
export const fetchPilots = (): Promise<Pilot[]> => list("/pilots", "pilots");
export const savePilot = (p: { id: string } & Record<string, unknown>): Promise<Pilot> => put("/pilots", p);
export const removePilot = (id: string): Promise<void> => call("DELETE", at("/pilots", id));
export const fetchSites = (): Promise<Site[]> => list("/sites", "sites");
export const saveSite = (s: { id: string } & Record<string, unknown>): Promise<Site> => put("/sites", s);
export const removeSite = (id: string): Promise<void> => call("DELETE", at("/sites", id));

export const fetchExpiring = (days: number): Promise<Expiry[]> => list(`/expiring?days=${days}`, "expiring");

/** One look at a telephone number. The server records it. */
export const lookAtContact = (kind: "aircraft" | "pilot" | "organisation", id: string): Promise<{ name: string; phone: string }> => call("POST", "/contacts", { kind, id });

export const fetchDevices = (): Promise<Device[]> => list("/devices", "devices");
export const createDevice = (d: Record<string, unknown>): Promise<{ device: Device; secret: string }> => call("POST", "/devices", d);
export const renewDevice = (id: string): Promise<{ secret: string }> => call("POST", `${at("/devices", id)}/secret`, {});
export const revokeDevice = (id: string): Promise<void> => call("DELETE", at("/devices", id));

export async function fetchAudit(query: URLSearchParams): Promise<{ entries: AuditEntry[]; next: string }> {
  const a = await call<{ entries?: AuditEntry[] | null; next?: string | number | null }>("GET", `/audit?${query}`);
  return { entries: a?.entries ?? [], next: a?.next ? String(a.next) : "" };
}
export const verifyAudit = (): Promise<ChainAnswer> => call("GET", "/audit/verify");

/** Puts a whole file before the server; imported: it is stored, else only looked at. */
export async function sendRegister(kind: RegisterKind, file: File, how: "check" | "import", withoutRefused: boolean): Promise<CheckedFile> {
  const type = /\.xlsx$/i.test(file.name) ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv";
  const path = how === "check" ? `/registers/${kind}/check` : `/registers/${kind}/import?without_refused=${withoutRefused}`;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method: "POST", credentials: "same-origin", body: file, signal: AbortSignal.timeout(120_000),
      headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang || "zh-CN", "Content-Type": type },
    });
  } catch {
    throw new Problem(0, "", "", "");
  }
  const text = await response.text().catch(() => "");
  const body = readJson(text);
  // A refused file has its rows with it: they say more than the problem's title.
  if (Array.isArray(body["rows"])) return body as unknown as CheckedFile;
  if (!response.ok) throw new Problem(response.status, String(body["title"] ?? response.statusText), String(body["detail"] ?? ""), String(body["id"] ?? response.headers.get("X-Request-Id") ?? ""), String(body["field"] ?? ""), String(body["reason"] ?? ""));
  return { rows: [], counts: {}, ...body };
}

function readJson(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export const registerFile = (kind: RegisterKind, what: "template" | "export", format: "csv" | "xlsx"): string => `/api/v1/registers/${kind}/${what}?format=${format}`;
