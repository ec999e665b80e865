// A mock of the server for developing the console: REST and the stream of docs/stream.md with a made-up fleet. It keeps
// nothing and checks nothing; any password signs in except "wrong". A development tool only.
//
//   node mock/server.mjs [--port 8090] [--aircraft 60] [--state normal|empty|stopped|database] [--dist dist/app] [--signed-in] [--user admin]

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { WebSocketServer } from "ws";
import { encodeFrame } from "./frames.mjs";
import { adminApi, sessionOf } from "./admin.mjs";
import { simulationsApi } from "./simulations.mjs";
import { zonesApi } from "./zones.mjs";
import { alerts as makeAlerts, fleet, fly, grid, imported, region, traffic, zones } from "./world.mjs";

const option = (name, fallback) => {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? fallback : (process.argv[i + 1]?.startsWith("--") ? "" : (process.argv[i + 1] ?? ""));
};
const port = Number(option("port", "8090"));
const count = Number(option("aircraft", "60"));
let state = option("state", "normal");
const dist = option("dist", "");
let signedIn = process.argv.includes("--signed-in");
let username = option("user", "admin");

const started = Date.now();
const aircraft = fleet(count);
for (const a of aircraft) {
  fly(a, 0);
  a.lastAt = started;
}
let alerts = state === "empty" || count < 60 ? [] : makeAlerts(aircraft, started);
const silent = alerts.find((a) => a.hazard === "silence");
if (silent) Object.assign(aircraft.find((a) => a.id === silent.object.id), { frozen: true, state: 4, lastAt: started - 48_000 });
if (count > 30) Object.assign(aircraft[30], { frozen: true, lastAt: started - 6000 });
const storage = () => ({ database: state === "database" ? "down" : "ok", since: new Date(started).toISOString(), backlog: state === "database" ? 1284 : 0, journal: "ok" });
const health = () => ({ at: new Date().toISOString(), aircraft: count, reporting: count - 2, airborne: count - 1, rules: 12, zones: zones.length, last_judged_at: new Date(Date.now() - 400).toISOString(), backlog: 0, skipped: 0, unjudged: 2 });

const clients = new Set();
const send = (c, o) => c.ws.readyState === 1 && c.ws.send(JSON.stringify(o));
const event = (o) => clients.forEach((c) => send(c, { ...o, seq: ++c.seq }));

function revise(id, change) {
  const a = alerts.find((x) => x.id === id);
  if (!a) return null;
  const next = { ...a, ...change(a), rev: a.rev + 1, saved_rev: state === "database" ? a.saved_rev : a.rev + 1, changed_at: new Date().toISOString() };
  alerts = alerts.map((x) => (x.id === id ? next : x));
  event({ type: "alert", alert: next });
  return next;
}

const now = () => new Date().toISOString();
const HANDLING = {
  acknowledge: () => (a) => ({ handling: { ...a.handling, state: "acknowledged", acknowledged_by: "值班 01", acknowledged_at: now() } }),
  close: (b) => (a) => ({ handling: { ...a.handling, state: "closed", closed_by: "值班 01", closed_at: now(), close_reason: b.reason } }),
  comment: (b) => (a) => ({ handling: { ...a.handling, comments: [...(a.handling.comments ?? []), { by: "值班 01", at: now(), text: b.comment }] } }),
  call: () => (a) => ({ handling: { ...a.handling, call_logged_by: "值班 01", call_logged_at: now() } }),
};

const answerAdmin = adminApi({ aircraftCount: Number(option("register", "240")) });
// As api/request.go has it: what the policy refuses must be seen here too.
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'self'";
const answerSimulations = simulationsApi();
const answerZones = zonesApi({ zones, aircraft, event });

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://mock");
  const json = (status, body) => response.writeHead(status, { "Content-Type": status < 400 ? "application/json" : "application/problem+json" }).end(body === undefined ? "" : JSON.stringify(body));
  const problem = (status, title, detail, more = {}) => json(status, { type: "about:blank", title, status, detail, id: "7f3a-19c2", ...more });
  let body = "";
  request.on("data", (d) => (body += d));
  request.on("end", () => {
    const path = url.pathname;
    if (path === "/mock/state") { state = url.searchParams.get("to") ?? "normal"; event({ type: "storage", storage: storage() }); return json(200, { state }); }
    if (path === "/api/v1/session") {
      if (request.method === "POST") {
        if (JSON.parse(body || "{}").password === "wrong") return problem(401, "Not signed in", "");
        signedIn = true;
        username = JSON.parse(body || "{}").username ?? username;
        return json(200, sessionOf(username));
      }
      if (request.method === "DELETE") { signedIn = false; return json(204); }
      return signedIn ? json(200, sessionOf(username)) : problem(401, "Not signed in", "");
    }
    if (path === "/api/v1/region") return json(200, region);
    if (path === "/api/v1/status") return json(200, { version: "mock", demo: true, dji: { configured: false, missing: ["LOWSKY_DJI_LICENSE"] } });
    if (path === "/api/v1/zones" && request.method === "GET") return json(200, { type: "FeatureCollection", zones_seq: 7, features: zones });
    if (path.startsWith("/api/v1/zones") && answerZones({ request, url, body, json, problem }) !== false) return;
    if (path.startsWith("/api/v1/simulations") && answerSimulations({ request, url, body, json, problem }) !== false) return;
    if (path === "/api/v1/traffic") return json(200, { traffic: state === "empty" ? [] : traffic((Date.now() - started) / 1000) });
    if (path === "/api/v1/grid") return json(200, grid(aircraft, Number(url.searchParams.get("level")), Object.fromEntries(["west", "south", "east", "north"].map((k) => [k, Number(url.searchParams.get(k))]))));
    if (path === "/api/v1/zones/import") {
      const answer = imported(body, url.searchParams);
      return answer ? json(200, answer) : problem(422, "Zones are refused", "2 zones are refused; say without_refused=true to leave them out");
    }
    const m = path.match(/^\/api\/v1\/alerts\/([^/]+)\/(\w+)$/);
    if (m && HANDLING[m[2]]) {
      const next = revise(decodeURIComponent(m[1]), HANDLING[m[2]](JSON.parse(body || "{}")));
      return next ? json(200, next) : problem(404, "Not found", "");
    }
    if (path.startsWith("/api/") && answerAdmin({ request, url, body, json, problem, who: sessionOf(username) }) !== false) return;
    if (path.startsWith("/api/")) return problem(404, "Not found", path);
    const file = join(dist, normalize(path));
    const found = dist && existsSync(file) && statSync(file).isFile() ? file : join(dist || ".", "index.html");
    if (!existsSync(found)) return problem(404, "Not found", "console not built");
    response.writeHead(200, { "Content-Security-Policy": POLICY, "Content-Type": TYPES[extname(found)] ?? "application/octet-stream" });
    createReadStream(found).pipe(response);
  });
});

const wss = new WebSocketServer({ server, path: "/api/v1/stream" });
wss.on("connection", (ws) => {
  const c = { ws, seq: 40, view: null, watch: "" };
  clients.add(c);
  ws.on("close", () => clients.delete(c));
  send(c, { type: "hello", protocol: 1, server_time: now(), version: "mock", region: "mock", user: { name: "值班 01", roles: ["city_administrator"] }, flush_ms: 200, tile_zoom: 9 });
  const snapshot = () => send(c, { type: "snapshot", seq: c.seq, identities: aircraft.map((a) => a.identity), alerts, sources: [], zones_seq: 7, health: health(), storage: storage() });
  snapshot();
  ws.on("message", (data) => {
    const m = JSON.parse(String(data));
    if (m.type === "view") { c.view = m; ws.send(encodeFrame(aircraft.map(row), { flags: 1 })); }
    else if (m.type === "watch") c.watch = m.aircraft_id;
    else if (m.type === "resync") snapshot();
  });
});

const row = (a) => ({ ...a, agl: a.height ?? a.agl, hae: (a.height ?? a.agl) + 30, age: (Date.now() - a.lastAt) / 1000 });

setInterval(() => {
  if (state === "stopped") return;
  for (const a of aircraft) {
    fly(a, (Date.now() - started) / 1000);
    if (!a.frozen) a.lastAt = Date.now() - 200;
  }
  const moving = aircraft.filter((a) => !a.frozen).map(row);
  const frame = encodeFrame(moving, {});
  for (const c of clients) {
    if (c.view && c.ws.readyState === 1) c.ws.send(frame);
    send(c, { type: "health", health: health() });
    const w = aircraft.find((a) => a.id === c.watch);
    if (w) send(c, { type: "track", track: track(w) });
  }
}, 1000);

function track(a) {
  return {
    aircraft_id: a.id, source_id: a.identity.source_id, received_at: now(), observed_at: now(), position: { longitude_deg: a.lon, latitude_deg: a.lat, height_agl_m: a.height, height_takeoff_m: a.height },
    battery_pct: 58, link_pct: 84, horizontal_accuracy_m: 1.5, vertical_accuracy_m: 3, class: "light", registered: true, demo: true, state: a.state, interval_ns: 1e9, severity: "none",
    unjudged: [{ hazard: "zone_entry", rule: "base/zone-entry", reason: "no_common_datum" }],
  };
}

server.listen(port, "127.0.0.1", () => console.log(`mock on http://127.0.0.1:${port}`));
