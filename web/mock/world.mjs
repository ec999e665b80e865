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
    { ...make(list[40], "speed", "caution", { measured: 31.2, limit: 27.8, margin: 3.4, unit: "m/s", state: "resolved", resolve_reason: "clear", resolved_at: iso(now - 60000) }) },
  ];
}
