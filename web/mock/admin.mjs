// The REST of people, organisations, registers, devices and the audit trail, over made-up data. It checks little and forgets
// everything at the end. Who is signed in follows from the user name: admin, xianan-admin, wuliu-admin, shenji, ceshi01, feishou-01 …

import { aircraft as makeAircraft, audit, chain, devices, organisations, people, pilots, sites } from "./people.mjs";

const ALL = ["flights.read", "sources.read", "zones.read", "zones.write", "alerts.read", "alerts.handle", "alerts.transfer", "register.read", "register.write", "personal.read", "people.read", "people.write", "devices.read", "devices.write", "audit.read", "platform.read", "simulations.read", "simulations.run"];
const READER = ["flights.read", "zones.read", "alerts.read", "register.read", "platform.read"];
const GRANTED = {
  city_administrator: ALL, county_administrator: ALL, auditor: [...READER, "sources.read", "people.read", "devices.read", "audit.read", "simulations.read"], tester: [...READER, "sources.read", "simulations.read", "simulations.run"], pilot: READER, department: READER,
  company_administrator: [...READER, "sources.read", "register.write", "personal.read", "people.read", "people.write", "devices.read", "devices.write"],
};
const random = (n) => Array.from({ length: n }, () => "abcdefghjkmnpqrstuvwxyz23456789"[Math.floor(Math.random() * 31)]).join("");
const DAY = 86_400_000;

export function sessionOf(username) {
  const p = people.find((x) => x.username === username) ?? people[0];
  const o = organisations.find((x) => x.id === p.organisation_id);
  const seated = organisations.filter((x) => x.id === o.id || (o.kind === "county" && x.jurisdiction_id === o.jurisdiction_id)).map((x) => x.id);
  return {
    name: p.username, display_name: p.display_name, roles: p.roles, permissions: ALL.filter((x) => p.roles.some((r) => (GRANTED[r] ?? READER).includes(x))), must_change: p.must_change === true, method: "password",
    organisation: { id: o.id, kind: o.kind, name: o.name, jurisdiction_id: o.jurisdiction_id }, scope: o.kind === "city" ? { all: true } : { organisation_ids: seated, jurisdiction_ids: o.kind === "county" ? [o.jurisdiction_id] : [] }, home: null,
  };
}

export function adminApi({ aircraftCount }) {
  const registers = { aircraft: makeAircraft(aircraftCount), pilots: [...pilots], sites: [...sites] };
  const tokens = [{ id: "tk-01", name: "政务数据共享", username: "data-hub", permissions: ["flights.read", "zones.read"], created_at: new Date(Date.now() - 40 * DAY).toISOString(), expires_at: new Date(Date.now() + 50 * DAY).toISOString(), last_used_at: new Date(Date.now() - 60_000).toISOString() }];
  const sessions = [0, 1, 2].map((i) => ({ id: `s${i}`, username: "admin", began_at: new Date(Date.now() - i * 7 * 3600_000 - 900_000).toISOString(), used_at: new Date(Date.now() - i * 3000_000).toISOString(), ends_at: new Date(Date.now() + 5 * 3600_000).toISOString(), from: `10.42.3.${17 + i}`, agent: ["Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36", "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0", "Mozilla/5.0 (X11; Linux) Firefox/128.0"][i], current: i === 0 }));
  const read = (body) => JSON.parse(body || "{}");
  const seen = (who, list) => (who.scope.all ? list : list.filter((x) => who.scope.organisation_ids.includes(x.organisation_id ?? x.id)));

  return ({ request, url, body, json, problem, who }) => {
    const path = url.pathname.replace("/api/v1", "");
    const [, kind, rawId, sub] = path.split("/");
    const id = rawId && decodeURIComponent(rawId);
    const method = request.method;
    if (kind === "account") {
      if (id === "password") return read(body).old === "wrong" ? problem(422, "内容无效", "old: is not the present password", { field: "old", reason: "is not the present password" }) : json(204);
      if (id === "sessions") { if (method === "DELETE") { sessions.splice(sessions.findIndex((s) => s.id === sub), 1); return json(204); } return json(200, { sessions }); }
      if (id === "tokens") return tokenApi(method, sub, "data-hub", body, json);
      return problem(404, "未找到", "");
    }
    if (kind === "tokens" && method === "DELETE") return tokenApi(method, id, "", body, json);
    if (kind === "organisations") {
      if (!id) return json(200, { organisations: seen(who, organisations).map((o) => ({ ...o, people: people.filter((p) => p.organisation_id === o.id).length, aircraft: registers.aircraft.filter((a) => a.organisation_id === o.id).length })) });
      if (method === "PUT") return save(organisations, id, { id, ...read(body) }, json);
    }
    if (kind === "people") {
      if (!id) {
        if (method !== "POST") return json(200, { people: seen(who, people) });
        const p = read(body);
        if (people.some((x) => x.username === p.username)) return problem(409, "与当前状态冲突", `person ${p.username}: there is one already`);
        const made = { ...p, created_at: new Date().toISOString(), password_changed_at: new Date().toISOString(), must_change: true };
        people.push(made);
        return json(201, { person: made, password: random(16) });
      }
      if (sub === "password") return json(200, { password: random(16) });
      if (sub === "sessions") return json(200, { ended: 2 });
      if (sub === "tokens") return tokenApi(method, undefined, id, body, json);
      if (method === "PUT") return save(people, id, { username: id, ...read(body) }, json, "username");
    }
    if (kind in registers) {
      const list = registers[kind];
      if (!id) return json(200, { [kind]: seen(who, list) });
      if (method === "DELETE") { list.splice(list.findIndex((x) => x.id === id), 1); return json(204); }
      const b = read(body);
      if (b.serial === "taken") return problem(409, "与当前状态冲突", "aircraft l-01 bears it already");
      const { contact_phone, phone, ...rest } = b;
      return save(list, id, { id, ...rest, ...(contact_phone || phone ? { has_phone: true } : {}) }, json);
    }
    if (kind === "devices") {
      if (!id && method === "GET") return json(200, { devices: seen(who, devices) });
      if (!id) { const d = { ...read(body), created_at: new Date().toISOString(), renewed_at: new Date().toISOString(), state: { connected: false } }; devices.push(d); return json(201, { device: d, secret: `lsd_${random(26)}` }); }
      if (sub === "secret") return json(200, { secret: `lsd_${random(26)}` });
      Object.assign(devices.find((d) => d.id === id), { revoked_at: new Date().toISOString(), state: { connected: false } });
      return json(204);
    }
    if (kind === "contacts") return json(200, { name: "周建平", phone: "139 0000 4821" });
    if (kind === "expiring") {
      const until = new Date(Date.now() + Number(url.searchParams.get("days") ?? 30) * DAY).toISOString().slice(0, 10);
      const rows = [
        ...registers.aircraft.slice(0, 60).filter((a) => a.insured_until).map((a) => ({ kind: "aircraft", id: a.id, name: a.name, what: "insurance", until: a.insured_until, organisation_id: a.organisation_id })),
        ...registers.pilots.map((p) => ({ kind: "pilot", id: p.id, name: { zh: p.name, en: p.name }, what: "licence", until: p.licence_until, organisation_id: p.organisation_id })),
        ...organisations.filter((o) => o.certified_until).map((o) => ({ kind: "organisation", id: o.id, name: o.name, what: "certificate", until: o.certified_until, organisation_id: o.id })),
      ];
      return json(200, { expiring: seen(who, rows).filter((r) => r.until <= until) });
    }
    if (kind === "registers" && method === "POST") return json(200, checked(body));
    if (kind === "audit") {
      if (id === "verify") return json(200, url.searchParams.has("broken") ? { ok: false, entries: 4870, broken_at: 4871, reason: "hash does not follow" } : chain);
      const q = url.searchParams;
      const fits = (e, k) => !q.get(k) || (q.get(k).endsWith("*") ? String(e[k]).startsWith(q.get(k).slice(0, -1)) : e[k] === q.get(k));
      const hits = audit.filter((e) => fits(e, "by") && fits(e, "action") && fits(e, "object") && (!q.get("from") || e.at >= q.get("from")) && (!q.get("to") || e.at < q.get("to")));
      const start = q.get("cursor") ? hits.findIndex((e) => e.seq < Number(q.get("cursor"))) : 0;
      const page = hits.slice(start, start + 60);
      return json(200, { entries: page, next: start + 60 < hits.length ? String(page.at(-1).seq) : undefined });
    }
    return false;
  };

  function tokenApi(method, id, username, body, json) {
    if (method === "DELETE") { Object.assign(tokens.find((t) => t.id === id) ?? {}, { revoked_at: new Date().toISOString() }); return json(204); }
    if (method === "GET") return json(200, { tokens: tokens.filter((t) => t.username === username) });
    const token = { id: `tk-${random(4)}`, username, created_at: new Date().toISOString(), ...read(body) };
    tokens.push(token);
    return json(201, { token, secret: `lst_${random(26)}` });
  }

  function save(list, id, row, json, key = "id") {
    const i = list.findIndex((x) => x[key] === id);
    if (i < 0) list.push(row);
    else list[i] = { ...list[i], ...row };
    return json(200, list[i < 0 ? list.length - 1 : i]);
  }
}

/** What the server says of a file of aircraft, by its lines. */
function checked(body) {
  const bad = [{ field: "insured_until", code: "day_invalid", text: { zh: "不是有效的日期，例如 2027-03-31", en: "is not a day such as 2027-03-31" } }, { field: "serial", code: "formula_text", text: { zh: "以 = + - @ 或制表符开头的文字，表格软件会当作公式，不予采用", en: "text that begins with = + - @ or a tab may be taken for a formula: refused" } }, { field: "takeoff_mass_kg", code: "masses_contradict", text: { zh: "空机重量大于最大起飞重量", en: "the empty mass is above the take-off mass" } }];
  const rows = body.trim().split(/\r?\n/).slice(1).map((line, i) => ({ row: i + 2, id: line.split(",")[0], change: i % 9 === 4 ? "refused" : ["new", "new", "changed", "same"][i % 4], problems: i % 9 === 4 ? bad.slice(0, 1 + ((i / 9) | 0) % 3) : [] }));
  const counts = {};
  for (const r of rows) counts[r.change] = (counts[r.change] ?? 0) + 1;
  return { rows, counts };
}
