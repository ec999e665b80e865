// A small made-up picture for developing the console without a server: everything in it is 演示.

const text = (zh, en) => ({ zh, en });
const SCENARIOS = [["wellness", "康", "W"], ["rescue", "救", "R"], ["city", "城", "C"], ["logistics", "物", "L"], ["agriculture", "农", "A"], ["tourism", "旅", "T"]];

// A coarse made-up outline, not any real boundary.
const COUNTIES = [
  ["m1", "东岭县", "Dongling", 114.15, 29.68, 114.6, 30.0, 114.33, 29.83],
  ["m2", "西川县", "Xichuan", 113.7, 29.85, 114.15, 30.2, 113.92, 29.98],
  ["m3", "南桥市", "Nanqiao", 113.6, 29.5, 114.15, 29.85, 113.9, 29.72],
  ["m4", "北溪县", "Beixi", 114.15, 29.4, 114.8, 29.68, 114.48, 29.6],
];

export const region = {
  id: "mock",
  name: text("演示市", "Demo City"),
  jurisdictions: [
    { id: "m0", name: text("演示市", "Demo City"), level: 0, schematic: true, area: [], seat: { longitude_deg: 114.33, latitude_deg: 29.84 } },
    ...COUNTIES.map(([id, zh, en, w, s, e, n, x, y]) => ({
      id, parent_id: "m0", name: text(zh, en), level: 1, schematic: true, area: [[[[w, s], [e, s + 0.02], [e - 0.02, n], [w, n], [w, s]]]],
      seat: { longitude_deg: x, latitude_deg: y },
    })),
  ],
  places: [{ name: text("北站", "North station"), kind: "station", longitude_deg: 114.36, latitude_deg: 29.88 }, { name: text("西湖", "West lake"), kind: "lake", longitude_deg: 113.86, latitude_deg: 29.95 }],
  credits: [text("界线示意，© OpenStreetMap contributors, ODbL", "Schematic, © OpenStreetMap contributors, ODbL")],
};

const polygon = (x, y, r, k) => ({ type: "Polygon", coordinates: [[...Array(k + 1).keys()].map((i) => [x + r * 1.15 * Math.cos((i / k) * 6.2832), y + r * Math.sin((i / k) * 6.2832)])] });

export const zones = [
  ["z-dam", "演示·大坝", "Demo · Dam", "prohibited", { type: "Point", coordinates: [113.93, 29.68] }, { radius_m: 1500, ceiling_m: 300, ceiling_datum: "agl" }],
  ["z-station", "演示·北站枢纽", "Demo · North station", "prohibited", { type: "Point", coordinates: [114.36, 29.885] }, { radius_m: 1700, ceiling_m: 120, ceiling_datum: "agl" }],
  ["z-tech", "演示·高新区", "Demo · High-tech", "requires_authorisation", polygon(114.44, 29.93, 0.032, 7), { floor_m: 60, floor_datum: "agl", ceiling_m: 120, ceiling_datum: "agl" }],
  ["z-springs", "演示·温泉城区", "Demo · Springs", "conditional", polygon(114.3, 29.8, 0.03, 8), { ceiling_m: 80, ceiling_datum: "agl" }],
  ["z-lake", "演示·湖区候鸟", "Demo · Lake birds", "conditional", polygon(113.86, 29.95, 0.055, 9), { ceiling_m: 150, ceiling_datum: "amsl" }],
  ["z-corridor", "演示·物流廊道", "Demo · Logistics corridor", "requires_authorisation", { type: "LineString", coordinates: [[114.02, 29.62], [114.12, 29.68], [114.14, 29.74], [114.26, 29.76]] },
    { width_m: 1600, buffer_m: 500, floor_m: 80, floor_datum: "agl", ceiling_m: 492.125984 * 0.3048, ceiling_datum: "agl", ceiling_feet: true, superior: "演示省平台" }],
  ["z-rescue", "演示·救援清空", "Demo · Rescue clear", "requires_authorisation", { type: "Point", coordinates: [114.5, 29.6] },
    { radius_m: 4000, buffer_m: 1000, temporary: true, ceiling_m: 300, ceiling_datum: "agl", applicability: [{ from: "2026-01-01T00:00:00Z", until: new Date(Date.now() + 87 * 60000).toISOString() }] }],
  ["z-airport", "演示·机场净空", "Demo · Airport", "prohibited", polygon(113.75, 29.78, 0.03, 24), { ceiling_m: 120, ceiling_datum: "agl", buffer_m: 800, kind: "airport",
    conditions_zh: "起降一律先取得塔台同意。", conditions_en: "Any flight needs the tower's consent first.", authority: "演示机场塔台", contacts: [{ name: { zh: "演示塔台", en: "Demo tower" }, phone: "0715 000 0000" }],
    further: [{ geometry: { type: "Point", coordinates: [113.75, 29.78] }, radius_m: 9000, floor_m: 300, floor_datum: "amsl", ceiling_m: 900, ceiling_datum: "amsl" }] }],
  ["z-school", "演示·校园", "Demo · School", "conditional", polygon(114.05, 29.9, 0.02, 6), { ceiling_m: 60, ceiling_datum: "agl", applicability: [{ weekdays: [(new Date().getUTCDay() + 3) % 7], start_minute: 420, end_minute: 1080 }] }],
  ["z-light", "演示·日间区", "Demo · Daylight", "conditional", polygon(114.62, 29.85, 0.02, 40), { ceiling_m: 120, ceiling_datum: "agl", applicability: [{ start_event: "SR", end_event: "SS" }] }],
].map(([id, zh, en, restriction, geometry, more]) => ({ type: "Feature", id, geometry, properties: { id, version: 7, name_zh: zh, name_en: en, restriction, demo: true, ...more } }));

const MODELS = ["Multirotor M3", "VTOL V2", "Heli H1", "Multirotor M3", "Multirotor M4"];

export function fleet(n, seed = 7) {
  let s = seed;
  const random = () => (s = (s * 16807) % 2147483647) / 2147483647;
  return Array.from({ length: n }, (_, i) => {
    const [scenario, zh, en] = SCENARIOS[i % 6];
    const number = String(Math.floor(i / 6) + 1).padStart(2, "0");
    const cx = 113.7 + random() * 0.95, cy = 29.5 + random() * 0.62;
    return {
      slot: i, id: `demo-${scenario}-${number}`, cx, cy, r: 0.006 + random() * 0.03, phase: random() * 6.28, speed: 8 + random() * 18, turn: random() > 0.5 ? 1 : -1,
      agl: 20 + random() * (i % 5 === 1 ? 220 : 100), severity: 0, state: 2, lon: cx, lat: cy,
      identity: {
        slot: i, aircraft_id: `demo-${scenario}-${number}`, name: text(`${zh}-${number}`, `${en}-${number}`), class: "light", agricultural: scenario === "agriculture",
        model: MODELS[i % 5], scenario, registered: i !== 17, demo: true, simulated: true, source_id: `gw-${i % 4}`, interval_ms: 1000, jurisdiction_ids: [COUNTIES[i % 4][0], "m0"],
      },
    };
  });
}

export function fly(a, t) {
  if (a.frozen) return;
  const w = (a.turn * a.speed) / (a.r * 111000);
  const p = a.phase + w * t;
  a.lon = a.cx + a.r * 1.15 * Math.cos(p);
  a.lat = a.cy + a.r * Math.sin(p);
  a.course = ((Math.atan2(-1.15 * Math.sin(p) * a.turn, Math.cos(p) * a.turn) * 180) / Math.PI + 360) % 360;
  a.climb = Math.sin(t / 20 + a.phase) * 1.5;
  a.height = a.agl + 10 * Math.sin(t / 15 + a.phase);
}

const iso = (ms) => new Date(ms).toISOString();
const clause = { document: "《演示文件》", article: "第三条", text: text("演示条文：限高以上不得飞行。", "Demo clause: no flight above the limit.") };

/** Alerts on aircraft of the fleet: [slot, hazard, severity, more]. */
export function alerts(list, now) {
  const make = (a, hazard, severity, more) => {
    a.severity = ["none", "info", "advisory", "caution", "warning"].indexOf(severity);
    return {
      id: `al-${hazard}-${a.id}`, rev: 2, saved_rev: 2, object: { kind: "aircraft", id: a.id }, hazard, state: "firing", severity, rule: `base/${hazard}`,
      rule_name: text("演示规则", "Demo rule"), pack: { id: "base", version: "1.0.0", hash: "3fa9c1d2" }, clause, variant: "over", text: text("演示告警", "Demo alert"),
      advice: text("联系飞手。", "Call the pilot."), reports: [{ seq: 1, measured_at: iso(now - 8000) }, { seq: 9, measured_at: iso(now - 1000) }],
      position: { longitude_deg: a.lon, latitude_deg: a.lat }, raised_at: iso(now - 29000), fired_at: iso(now - 24000), last_found_at: iso(now - 1000), last_judged_at: iso(now - 1000),
      changed_at: iso(now), count: 1, handling: { state: "new" }, aircraft_name: a.identity.name, scenario: a.identity.scenario, demo: true, owner_id: COUNTIES[a.slot % 4][0],
      contact: { name: "张演示", phone: "138 0000 0000", pilot_longitude_deg: a.lon + 0.01, pilot_latitude_deg: a.lat }, ...more,
    };
  };
  const zone = (i) => ({ id: zones[i].id, version: 7, name: text(zones[i].properties.name_zh, zones[i].properties.name_en), restriction: zones[i].properties.restriction });
  return [
    make(list[3], "height", "warning", { measured: 144.3, limit: 120, margin: 24.3, accuracy: 3, unit: "m", height_from: "reported_agl", text: text("真高 144 m，限 120 m，超 24 m", "144 m above ground, limit 120 m, 24 m over") }),
    make(list[8], "zone_entry", "warning", { variant: "inside", measured: 312, unit: "m", zone: zone(1), text: text("在演示·北站枢纽内，深入 312 m", "Inside Demo · North station, 312 m deep"), raised_at: iso(now - 91000) }),
    make(list[12], "silence", "caution", { variant: "silent", measured: 48, limit: 10, unit: "s", reports: [{ seq: 4, measured_at: iso(now - 48000) }], handling: { state: "acknowledged", acknowledged_by: "值班 01", acknowledged_at: iso(now - 5000) } }),
    make(list[21], "zone_entry", "caution", { variant: "predicted", state: "pending", within_ns: 21e9, zone: zone(2), text: text("21 s 后进入演示·高新区", "Enters Demo · High-tech in 21 s") }),
    make(list[22], "battery", "advisory", { variant: "low", measured: 26, limit: 30, margin: 4, unit: "%", text: text("电量 26 %，提示线 30 %", "Battery 26 %, advisory at 30 %") }),
    make(list[17], "identity", "advisory", { variant: "unknown", text: text("编号不在登记表中", "Its id is not in the register"), contact: undefined }),
    pairAlert(make(list[0], "separation", "warning", { variant: "predicted", unit: "m", measured: 38, limit: 50, vertical_m: 9 }), list[0], list[30]),
    pairAlert(make(list[5], "separation", "caution", { variant: "predicted", unit: "m", measured: 410, limit: 500, raised_at: iso(now - 9000) }), list[5], null),
    { ...make(list[40], "speed", "caution", { measured: 31.2, limit: 27.8, margin: 3.4, unit: "m/s", state: "resolved", resolve_reason: "clear", resolved_at: iso(now - 60000) }) },
  ];
}

const place = (a) => ({ longitude_deg: a.lon, latitude_deg: a.lat, height_agl_m: a.height });

/** An alert on two aircraft; without the other one, on an aircraft and the first crewed target. */
function pairAlert(alert, a, b) {
  const other = b ? { kind: "aircraft", id: b.id, name: b.identity.name, position: place(b), age_ns: 4e8 } : { kind: "traffic", id: "780A3F", crewed: true, position: { longitude_deg: 114.4, latitude_deg: 29.79, altitude_amsl_m: 920 }, age_ns: 2e9 };
  const minima = b ? { horizontal_m: 50, vertical_m: 15 } : { horizontal_m: 500, vertical_m: 100 };
  const closest = b ? { in_ns: 12e9, horizontal_m: 38, horizontal_bound_m: 6, vertical_m: 9, vertical_bound_m: 3 } : { in_ns: 26e9, horizontal_m: 410, horizontal_bound_m: 120, reason: "no_qnh" };
  return { ...alert, object: { kind: "pair", id: `${a.id}+${b ? b.id : "traffic:780A3F"}` }, aircraft_name: undefined,
    text: text("两架将相距 38 m", "The two will be 38 m apart"),
    pair: { a: { kind: "aircraft", id: a.id, name: a.identity.name, position: place(a), age_ns: 4e8 }, b: other, crewed: !b, minima, closest, now: { in_ns: 0, horizontal_m: 412, horizontal_bound_m: 5, vertical_m: 21, vertical_bound_m: 3 } } };
}

/** Crewed traffic that flies across. */
export function traffic(t) {
  return [
    { id: "780A3F", source_id: "adsb-1", received_at: iso(Date.now() - 600), position: { longitude_deg: 114.4 - ((t * 55) % 30000) / 96500, latitude_deg: 29.79, altitude_amsl_m: 920 }, ground_speed_mps: 55, course_deg: 270, vertical_speed_mps: -2, warning_level: 3, category: "light" },
    { id: "B-70XX", seen_by: "demo-city-01", source_id: "gw-1", received_at: iso(Date.now() - 14000), position: { longitude_deg: 114.2, latitude_deg: 29.58 }, pressure_altitude_m: 610, ground_speed_mps: 40, course_deg: 30, warning_level: 0 },
  ];
}

/** Cells of the grid round aircraft, in whole minutes of arc: not the code of the standard, only its look. */
export function grid(list, level, box) {
  const size = { 4: 1 / 60, 5: 4 / 3600, 6: 2 / 3600, 7: 0.25 / 3600 }[level] ?? 1 / 60;
  const cells = new Map();
  for (const a of list) {
    const [i, j] = [Math.floor(a.lon / size), Math.floor(a.lat / size)];
    const c = cells.get(`${i} ${j}`) ?? { code: `N50H${Math.abs(i * 7919 + j) % 100000}`, west: i * size, south: j * size, east: (i + 1) * size, north: (j + 1) * size, aircraft: 0, aircraft_minutes: 0 };
    c.aircraft++;
    c.aircraft_minutes += 7;
    cells.set(`${i} ${j}`, c);
  }
  return { level, cells: [...cells.values()].filter((c) => c.east > box.west && c.west < box.east && c.north > box.south && c.south < box.north) };
}

/** What an import of a GeoJSON file would answer; every seventh zone is refused, every fifth repaired. */
export function imported(doc, q) {
  const features = JSON.parse(doc).features ?? [];
  const remarks = [];
  const kept = [];
  features.forEach((f, i) => {
    const id = f.properties?.id ?? f.id ?? `zone-${i}`;
    if (i % 7 === 6) return remarks.push({ zone: id, place: `features[${i}]`, kind: "refused", problem: "the ring crosses itself in two places, near 114.2, 29.8", code: "ring_crosses_itself" });
    if (i % 5 === 4) remarks.push({ zone: id, place: `features[${i}].geometry`, kind: "repaired", problem: "the ring was not closed", code: "ring_closed" });
    if (i % 3 === 2) remarks.push({ zone: id, place: `features[${i}].properties`, kind: "noted", problem: "upper limit is absent: read as unlimited", code: "ceiling_absent" });
    kept.push({ ...f, properties: { restriction: "prohibited", ...f.properties, id, import_change: ["new", "new", "changed", "same"][i % 4] } });
  });
  const count = (c) => kept.filter((f) => f.properties.import_change === c).length;
  const refused = features.length - kept.length;
  const dry = q.get("dry_run") === "true";
  if (!dry && refused > 0 && q.get("without_refused") !== "true") return null;
  return { format: q.get("format") === "auto" ? "geojson" : q.get("format"), crs: q.get("crs"), dry_run: dry, published: !dry, zones: { type: "FeatureCollection", features: kept }, remarks,
    counts: { read: features.length, accepted: kept.length, repaired: Math.floor(features.length / 5), refused, new: count("new"), changed: count("changed"), same: count("same") } };
}
