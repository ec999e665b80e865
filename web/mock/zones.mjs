// Zones of the mock: published, edited, checked and ended in memory. It checks little; the server's rules are not here.

const now = () => new Date().toISOString();

/** Answers a request on zones, or false where it is not about them. */
export function zonesApi({ zones, aircraft, event }) {
  const versions = new Map(zones.map((f) => [f.properties.id, [{ version: f.properties.version, published_at: now(), published_by: "demo", reason: "", current: true, feature: f }]]));
  let seq = 7;

  function publish(feature, reason) {
    const id = feature.properties.id ?? `z-${Math.random().toString(36).slice(2, 9)}`;
    const before = versions.get(id) ?? [];
    const version = Math.max(0, ...before.map((v) => v.version)) + 1;
    const whole = { ...feature, id, properties: { ...feature.properties, id, version, published_at: now(), jurisdiction_ids: ["m0"] } };
    versions.set(id, [{ version, published_at: now(), published_by: "值班 01", reason, current: true, feature: whole }, ...before.map((v) => ({ ...v, current: false }))]);
    const i = zones.findIndex((f) => f.properties.id === id);
    if (i < 0) zones.push(whole);
    else zones[i] = whole;
    event({ type: "zones", zones_seq: ++seq, upsert: [whole], remove: [] });
    return { id, version };
  }

  function check(feature) {
    const ring = feature.geometry?.type === "Polygon" ? feature.geometry.coordinates[0] : null;
    const inside = (a) => {
      let odd = false;
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [[x, y], [u, v]] = [ring[i], ring[j]];
        if (y > a.lat !== v > a.lat && a.lon < ((u - x) * (a.lat - y)) / (v - y) + x) odd = !odd;
      }
      return odd;
    };
    const top = feature.properties.ceiling_m ?? Infinity;
    const rows = ring ? aircraft.filter(inside).map((a) => ({ aircraft_id: a.id, name: a.identity.name, volume: 0, vertical_state: a.agl > top ? "above" : "within", distance_m: -120, demo: true })) : [];
    const problems = feature.geometry ? [] : [{ field: "geometry", problem: "is missing" }];
    return { valid: problems.length === 0, problems, inside: rows, near: [], cannot_tell: [], complete: true, active_now: true, jurisdiction_ids: ["m0"], area_m2: 1_250_000 };
  }

  return ({ request, url, body, json, problem }) => {
    const path = url.pathname.replace("/api/v1", "");
    if (path === "/zones" && request.method === "POST") return json(200, publish(JSON.parse(body), url.searchParams.get("reason") ?? ""));
    if (path === "/zones/check") return json(200, check(JSON.parse(body)));
    if (path === "/zones/export") return json(200, { type: "FeatureCollection", features: zones });
    const m = path.match(/^\/zones\/([^/]+)(?:\/(versions|restore))?$/);
    if (!m) return false;
    const id = decodeURIComponent(m[1]);
    const list = versions.get(id);
    if (m[2] === "versions") return json(200, list ?? []);
    if (m[2] === "restore") {
      const { version, reason } = JSON.parse(body);
      const old = list?.find((v) => v.version === version);
      return old ? json(200, publish(old.feature, reason)) : problem(404, "Not found", "");
    }
    const current = zones.find((f) => f.properties.id === id);
    if (!current) return problem(404, "Not found", "");
    if (request.method === "PUT") {
      if (request.headers["if-match"] !== `"${current.properties.version}"`) return problem(412, "Stale", `at version ${current.properties.version}`);
      return json(200, publish(JSON.parse(body), url.searchParams.get("reason") ?? ""));
    }
    if (request.method === "DELETE") {
      zones.splice(zones.indexOf(current), 1);
      versions.set(id, list.map((v) => ({ ...v, ended_at: v.current ? now() : v.ended_at, current: false })));
      event({ type: "zones", zones_seq: ++seq, upsert: [], remove: [id] });
      return json(204);
    }
    return json(200, current);
  };
}
