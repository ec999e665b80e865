// Made-up scenarios, runs and score cards in the form of score.go. Nothing is flown: spans, alerts and tracks are drawn
// from the seed. A development tool only.

const NS = 1e9;
const NONE = { ok: false, value: 0, low: 0, high: 0 };
/** Wilson's 95 % interval. */
const rate = (k, n) => {
  if (n === 0) return NONE;
  const [p, z] = [k / n, 1.96];
  const [mid, half, by] = [p + (z * z) / (2 * n), z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n)), 1 + (z * z) / n];
  return { ok: true, value: p, low: Math.max(0, (mid - half) / by), high: Math.min(1, (mid + half) / by) };
};
const random = (a) => () => {
  a = (a + 0x6d2b79f5) | 0;
  let x = Math.imul(a ^ (a >>> 15), 1 | a);
  x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
  return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
};
const t = (zh, en) => ({ zh, en });

const LEVELS = [
  ["base/zone-entry", t("进入管制区域", "Zone entry"), "predicted", "caution", true], ["base/zone-entry", t("进入管制区域", "Zone entry"), "inside", "warning", true], ["base/zone-crossing", t("穿越管制区域", "Zone crossing"), "crossed", "warning", true],
  ["base/height-limit", t("超过类别限高", "Above the height of its class"), "over", "caution", true], ["base/height-limit", t("超过类别限高", "Above the height of its class"), "far_over", "warning", true], ["base/identity", t("身份不明", "Identity unknown"), "unknown", "caution", true],
  ["base/speed-limit", t("超过类别限速", "Faster than its class"), "over", "advisory", false], ["base/battery", t("电量低", "Battery low"), "very_low", "caution", true], ["base/emergency", t("紧急状态", "Emergency"), "declared", "warning", true],
  ["base/silence", t("失联", "Silence"), "silent", "caution", true], ["base/source-down", t("网关离线", "Source down"), "down_in_use", "caution", true], ["base/separation", t("间隔不足", "Separation"), "broken", "warning", true],
];

const FILES = [
  ["base/flights/breach-circle", t("闯入圆形禁飞区", "Breach of a circle"), 3, 240, ["zone_breach", "graze"]], ["base/flights/height-bust", t("超高", "Altitude bust"), 2, 180, ["altitude_bust"]], ["base/flights/silence-gateway", t("网关中断与断链", "Gateway down and link loss"), 8, 420, ["gateway_down", "link_loss"]],
  ["base/flights/gps-faults", t("定位漂移、跳变与精度虚报", "GPS drift, jumps and lies"), 6, 600, ["gps_drift", "gps_jump", "accuracy_lie"]], ["logistics/flights/afternoon-peak", t("午后高峰带故障", "Afternoon peak with faults"), 240, 3600, ["gps_drift", "link_loss", "wind_gust", "broker_restart", "accuracy_lie", "gateway_down"]],
  ["agriculture/flights/lanes-at-the-rim", t("贴边喷洒", "Spraying along the rim"), 4, 900, ["graze", "wind_gust"]], ["tourism/flights/swarm-show", t("编队表演", "Swarm show"), 36, 1200, ["id_clone", "clock_skew"]],
];
const source = (id, title, aircraft, duration, faults) => `scenario: ${id.split("/").pop()}\nname: {zh: ${title.zh}, en: ${title.en}}\ninclude: [common.yaml]\nseed: 1\nduration: ${duration / 60}m\nregion: xianning\n# ${aircraft} aircraft\nnoise: {horizontal: 2.5, vertical: 4, white: 0.5, tau: 30s, loss: 0.05}\nzones:\n  - id: dam\n    name: {zh: 大坝, en: Dam}\n    restriction: prohibited\n    circle: {centre: [114.3, 29.8], radius: 300}\n    ceiling: {amsl: 150}\naircraft:\n  - id: w-01\n    profile: quad\n    home: [114.302, 29.859]\n    path:\n      - {speed: 3..25, waypoints: [[114.30, 29.81, 60], [114.31, 29.80, 60]]}\nfaults:\n${faults.map((f, i) => `  - {fault: ${f}, aircraft: w-01, at: ${30 + i * 40}s, for: 20s}`).join("\n")}\nexpect:\n  - {object: w-01, hazard: zone_entry, subject: "zone:dam", severity: warning, from: 60s, until: 90s}\n`;
const shipped = FILES.map(([id, title, aircraft, duration_s, faults]) => ({ name: `${id}.yaml`, title, aircraft, duration_s, faults, rules: ["base/zone-entry"], source: source(id, title, aircraft, duration_s, faults) }));

function track(id, lon, lat, course, speed, from, seconds, rnd, fault) {
  const truth = [];
  const reported = [];
  for (let s = 0; s <= seconds; s++) {
    const turn = ((course + s * 0.6) * Math.PI) / 180;
    lon += (Math.sin(turn) * speed) / 96500;
    lat += (Math.cos(turn) * speed) / 111320;
    const fix = { at_ns: (from + s) * NS, longitude: lon, latitude: lat, agl_m: 80 + 6 * Math.sin(s / 9) };
    truth.push(fix);
    if (fault && s > seconds * 0.45 && s < seconds * 0.7) continue;
    if (rnd() > 0.05) reported.push({ ...fix, longitude: lon + (rnd() - 0.5) * 6e-5, latitude: lat + (rnd() - 0.5) * 6e-5 });
  }
  return { id, truth, reported };
}
const ring = (lon, lat, r) => Array.from({ length: 48 }, (_, i) => [lon + (r * Math.sin((i * Math.PI) / 24)) / 96500, lat + (r * Math.cos((i * Math.PI) / 24)) / 111320]);

export function card(file, seeds, quality) {
  const rnd = random(seeds[0] * 7919 + quality * 31 + file.name.length);
  const rows = LEVELS.map(([rule, name, level, severity, safety]) => ({ rule, name, level, severity, safety, events: 0, near_misses: 0, tp: 0, fn: 0, fp: 0, tn: 0, recall: NONE, precision: NONE, delay: { count: 0, p50_s: 0, p95_s: 0, max_s: 0 }, duplicates: 0, late_clears: 0, early_clears: 0, nuisance: 0 }));
  const findings = [];
  const delays = rows.map(() => []);
  const runs = seeds.map((seed) => {
    const lines = [];
    const length = file.duration_s;
    const faults = file.faults.flatMap((fault, i) => [{ fault, object: { kind: "aircraft", id: `w-0${1 + (i % 6)}` }, from_ns: Math.round(length * (0.07 + (i * 0.15) % 0.85)) * NS, until_ns: Math.round(length * (0.07 + (i * 0.15) % 0.85) + length * (0.02 + 0.05 * rnd())) * NS }]);
    let missed = 0;
    let wrong = 0;
    rows.forEach((r, at) => {
      const n = 2 + Math.floor(rnd() * (length > 1000 ? 9 : 3));
      for (let i = 0; i < n; i++) {
        const from = Math.floor(rnd() * length * 0.94);
        const until = Math.min(length, from + 8 + Math.floor(rnd() * length * 0.02));
        const id = `${"wlact"[i % 5]}-${String(1 + Math.floor(rnd() * 60)).padStart(2, "0")}`;
        const pair = r.rule === "base/separation";
        const object = pair ? { kind: "pair", id: `${id}+c-64` } : { kind: "aircraft", id };
        const subject = r.rule.includes("zone") ? { kind: "zone", id: "dam" } : undefined;
        const kind = rnd() < 0.45 ? "near_miss" : rnd() < 0.12 ? "uncertain" : "event";
        const delay = Math.max(0, rnd() * 1.6);
        const luck = rnd() * (1.3 - quality * 0.06);
        let result = kind === "event" ? "hit" : kind === "near_miss" ? "quiet" : "unscored";
        let alerts = kind === "event" ? [(from + 2 + delay) * NS] : [];
        const l = { rule: r.rule, level: r.level, object, subject, kind, from_ns: from * NS, until_ns: until * NS };
        if (kind === "event") {
          r.events++;
          if (luck > 1.12) { result = "missed"; alerts = []; r.fn++; missed++; } else { r.tp++; delays[at].push(delay); }
          if (luck < 0.015) { result = "double"; alerts.push((until - 1) * NS); r.duplicates++; }
          if (luck > 0.015 && luck < 0.03) { result = "late_clear"; r.late_clears++; }
          if (luck > 0.03 && luck < 0.04) { result = "early_clear"; r.early_clears++; }
        } else if (kind === "near_miss") {
          r.near_misses++;
          if (luck > 1.1) { result = "false"; alerts = [(from + 3) * NS]; r.fp++; wrong++; } else r.tn++;
        } else if (rnd() < 0.4) { alerts = [(from + 4) * NS]; r.nuisance++; }
        lines.push({ ...l, alerts_ns: alerts, result });
        if (!["missed", "false", "double", "late_clear", "early_clear"].includes(result)) continue;
        const a = track(id, 114.3 + rnd() * 0.02, 29.8 + rnd() * 0.02, rnd() * 360, 9, from - 20, 60, rnd, result === "missed");
        const last = a.truth[38];
        findings.push({
          result, rule: r.rule, level: r.level, severity: r.severity, object, subject, scenario: file.name.replace(/\.yaml$/, ""), file: file.name, ...(rnd() < 0.2 ? { line: 22 } : {}), seed, from_ns: l.from_ns, until_ns: l.until_ns,
          ...(alerts.length ? { alert_id: `al-${seed}-${i}`, alert_at_ns: alerts[alerts.length - 1] } : {}),
          what: subject ? t(`超出 ${(rnd() * 40).toFixed(1)} m，持续 ${until - from}.0 s，速度 9.0 m/s`, `${(rnd() * 40).toFixed(1)} m past the limit, for ${until - from}.0 s, at 9.0 m/s`) : t(`持续 ${until - from}.0 s`, `for ${until - from}.0 s`),
          tracks: pair ? [a, track("c-64", last.longitude - 0.0022, last.latitude - 0.0012, 40, 9, from - 20, 60, rnd, false)] : [a],
          zones: subject ? [{ id: "dam", rings: [ring(last.longitude + 0.0011, last.latitude + 0.0004, 120)] }] : undefined,
        });
      }
    });
    const hash = Array.from({ length: 64 }, (_, i) => "0123456789abcdef"[(seed * 7 + file.name.length * 13 + i * i * 5) % 16]).join("");
    return { scenario: file.name.replace(/\.yaml$/, ""), file: file.name, name: file.title, seed, hash, start: "2026-10-15T10:00:00+08:00", duration_ns: length * NS, aircraft: file.aircraft, messages: file.aircraft * length, lost: Math.round(file.aircraft * length * 0.05), rejected: 3, events: lines.filter((l) => l.kind === "event").length, missed, false_alerts: wrong, ...(seeds.length <= 20 ? { lines } : {}), faults };
  });
  const p = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))] ?? 0;
  const finish = (r, list) => Object.assign(r, { recall: rate(r.tp, r.events), precision: rate(r.tp, r.tp + r.fp), delay: { count: list.length, p50_s: p(list, 0.5), p95_s: p(list, 0.95), max_s: p(list, 1) } });
  rows.forEach((r, i) => finish(r, delays[i]));
  const sum = (k) => rows.reduce((n, r) => n + r[k], 0);
  const total = finish({ rule: "", name: t("", ""), level: "", severity: "none", safety: false, events: sum("events"), near_misses: sum("near_misses"), tp: sum("tp"), fn: sum("fn"), fp: sum("fp"), tn: sum("tn"), duplicates: sum("duplicates"), late_clears: sum("late_clears"), early_clears: sum("early_clears"), nuisance: sum("nuisance") }, delays.flat());
  const gate = (id, r, measured, limit, at_least, unit) => ({ id, ...(r ? { rule: r.rule, level: r.level } : {}), measured, limit, at_least, unit, passed: at_least ? measured >= limit : measured <= limit });
  const gates = [
    ...rows.filter((r) => r.safety && r.recall.ok).flatMap((r) => [gate("recall", r, r.recall.value, 1, true, "%"), gate("precision", r, r.precision.value, 0.98, true, "%"), gate("delay_p95", r, r.delay.p95_s, 2, false, "s")]),
    gate("duplicates", null, total.duplicates, 0, false, ""), gate("late_clears", null, total.late_clears, 0, false, ""), gate("early_clears", null, total.early_clears, 0, false, ""),
  ];
  const hours = runs.reduce((h, r) => h + r.duration_ns / NS / 3600, 0);
  findings.sort((a, b) => ["missed", "false", "double", "late_clear", "early_clear"].indexOf(a.result) - ["missed", "false", "double", "late_clear", "early_clear"].indexOf(b.result));
  return { suite: file.name, at: new Date().toISOString(), took_ns: 6.1 * NS, version: "mock", packs: [{ id: "base", version: "1.0.0", hash: "" }], seeds, runs, rules: rows, total, hours, nuisance_per_operator_hour: (total.fp + total.nuisance) / hours, gates, passed: gates.every((g) => g.passed), findings, finding_count: findings.length };
}

/** The operations below /simulations, answered as the server would. */
export function simulationsApi() {
  const ago = (min) => new Date(Date.now() - min * 60_000).toISOString();
  let next = 1;
  const runs = [];
  const add = (file, seeds, quality, min, more = {}) => runs.unshift({ id: next++, name: file.name, uploaded: false, seeds, state: "done", runs_done: seeds.length, runs: seeds.length, by: "测试员 01", organisation_id: "xianning", jurisdiction_ids: ["421200"], started_at: ago(min), ended_at: ago(min - 1), card: card(file, seeds, quality), ...more });
  const five = [1, 2, 3, 4, 5];
  add(shipped[0], five, 2, 2900);
  add(shipped[4], [20261015], 1, 2800);
  add(shipped[3], five, 1, 300, { state: "failed", runs_done: 2, problem: "died: signal: killed", card: undefined });
  add(shipped[0], five, 8, 120);
  add(shipped[2], five, 1, 60, { state: "cancelled", runs_done: 3, card: undefined });
  add(shipped[4], [20261015], 3, 12);
  const trim = (r) => ({ ...r, ...(r.card ? { card: { ...r.card, runs: null, rules: null, findings: null, packs: null, seeds: r.card.seeds } } : {}) });
  const problemsOf = (text, name) => text.split("\n").flatMap((l, i) => (/^\s*(typo|broken)/.test(l) ? [{ file: name, line: i + 1, field: l.trim().split(":")[0], problem: "is no key of a scenario" }] : [])).concat(/fault: gps_dirft/.test(text) ? [{ file: name, line: text.split("\n").findIndex((l) => l.includes("gps_dirft")) + 1, field: "faults[0].fault", problem: "gps_dirft is no fault" }] : []);

  return ({ request, url, body, json, problem }) => {
    const [, , id, sub] = url.pathname.replace("/api/v1", "").split("/");
    const read = () => JSON.parse(body || "{}");
    if (!url.pathname.startsWith("/api/v1/simulations")) return false;
    if (id === "scenarios") return json(200, { scenarios: shipped });
    if (id === "lint") return json(200, { problems: problemsOf(read().source ?? "", read().name) });
    if (!id && request.method === "GET") return json(200, { simulations: runs.slice(0, Number(url.searchParams.get("limit") ?? 50)).map(trim) });
    if (!id) {
      const b = read();
      const problems = problemsOf(b.source ?? "", b.name);
      if (problems.length > 0) return problem(422, "内容无效", "the file has problems", { problems });
      const file = shipped.find((s) => s.name === b.name) ?? { ...shipped[0], name: b.name };
      const run = { id: next++, name: b.name, ...(b.source ? { source: b.source } : {}), uploaded: !!b.source, seeds: b.seeds, state: "running", runs_done: 0, runs: b.seeds.length, by: "测试员 01", organisation_id: "xianning", jurisdiction_ids: ["421200"], started_at: new Date().toISOString() };
      runs.unshift(run);
      const step = setInterval(() => {
        if (run.state !== "running") return clearInterval(step);
        if (++run.runs_done < run.runs) return;
        clearInterval(step);
        Object.assign(run, { state: "done", ended_at: new Date().toISOString(), card: card(file, run.seeds, 2) });
      }, Number(process.env.MOCK_RUN_MS ?? 900));
      return json(201, run);
    }
    const run = runs.find((r) => r.id === Number(id));
    if (!run) return problem(404, "未找到", "");
    if (sub === "cancel") { Object.assign(run, { state: "cancelled", ended_at: new Date().toISOString() }); return json(200, run); }
    if (sub === "card") return json(200, run.card);
    return json(200, run);
  };
}
