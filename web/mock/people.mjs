// Made-up people, organisations, registers, devices and an audit trail of 咸宁, for mock/admin.mjs. Names and numbers are fictional.

import { readFileSync } from "node:fs";

const region = JSON.parse(readFileSync(new URL("../../regions/xianning/region.json", import.meta.url), "utf8"));
const DAY = 86_400_000;
const ago = (ms) => new Date(Date.now() - ms).toISOString();
const day = (n) => new Date(Date.now() + 8 * 3600_000 + n * DAY).toISOString().slice(0, 10);

export const organisations = region.organisations.map((o, i) => ({
  ...o, updated_at: ago(i * 7 * DAY), ...(o.kind === "company" ? { credit_code: `91421200MA4${String(10 + i)}X7Y8Z`.slice(0, 18), certified_until: day([420, 12, -9, 90][i % 4]), contact_name: ["周建平", "吴海燕", "郑志强", "王丽娟"][i % 4], has_phone: true } : { contact_name: "值班室", has_phone: i % 3 !== 2 }),
}));

const person = (username, display_name, roles, organisation_id, extra = {}) => ({ username, display_name, roles, organisation_id, created_at: ago(90 * DAY), password_changed_at: ago(20 * DAY), last_sign_in_at: ago(3600_000 * (username.length % 9)), ...extra });
export const people = [
  person("admin", "陈立新", ["city_administrator"], "xianning"), person("shenhe01", "刘芳", ["city_reviewer"], "xianning"), person("zhiban01", "市级值班 01", ["city_duty_officer"], "xianning"),
  person("shenji", "黄国庆", ["auditor"], "xianning"), person("ceshi01", "测试员 01", ["tester"], "xianning"), person("xianan-admin", "李明", ["county_administrator"], "xianan"), person("xianan-zhiban", "咸安值班 01", ["county_duty_officer"], "xianan"),
  person("jiayu-admin", "张晓东", ["county_administrator", "county_duty_officer"], "jiayu"), person("tongshan-zhiban", "通山值班 02", ["county_duty_officer"], "tongshan", { disabled: true }),
  person("yingji01", "赵敏", ["department"], "yingji", { external_id: "https://id.example#8842" }), person("wuliu-admin", "周建平", ["company_administrator"], "demo-logistics"), person("feishou-01", "孙强", ["pilot"], "demo-logistics", { must_change: true, last_sign_in_at: undefined }),
  person("zhibao-admin", "吴海燕", ["company_administrator"], "demo-agri"), person("data-hub", "政务数据共享平台", ["api_client"], "xianning", { last_sign_in_at: undefined }),
];

const KINDS = [["l", "物", "L", "logistics", "demo-logistics", "演示 H6", 9.2, 24.5], ["a", "农", "A", "agriculture", "demo-agri", "演示 T40", 38, 90], ["t", "旅", "T", "tourism", "demo-tours", "演示 C3", 0.9, 1.05], ["c", "城", "C", "city", "demo", "演示 Q4", 3.6, 6.3], ["w", "康", "W", "wellness", "demo", "演示 N1", 0.2, 0.249], ["r", "救", "R", "rescue", "demo", "演示 V25", 14, 24]];
const classOf = (e, t) => (e < 0.25 ? "micro" : e <= 4 && t <= 7 ? "light" : e <= 15 && t <= 25 ? "small" : t <= 150 ? "medium" : "large");
export const aircraft = (count) => Array.from({ length: count }, (_, i) => {
  const [letter, zh, en, scenario, organisation_id, model, empty, takeoff] = KINDS[i % KINDS.length];
  const n = String(Math.floor(i / KINDS.length) + 1).padStart(2, "0");
  return {
    id: `${letter}-${n}`, name: { zh: `${zh}-${n}`, en: `${en}-${n}` }, class: classOf(empty, takeoff), agricultural: letter === "a", model, scenario, organisation_id, demo: true, jurisdiction_ids: ["421200"], contact_name: "周建平", has_phone: i % 4 !== 3,
    serial: `1581F4${String(70000 + i * 37)}`, registration_mark: `UAS0${String(4100000 + i * 91)}`, remote_ids: i % 3 === 0 ? [`1581F4BND${String(1000 + i)}`] : [], ...(letter === "l" && i % 12 === 0 ? { icao_address: `780${(0xa00 + (i % 500)).toString(16)}` } : {}),
    ...(i % 7 === 5 ? {} : { empty_mass_kg: empty, takeoff_mass_kg: takeoff }), ...(i % 11 === 6 ? {} : { insured_until: day([210, 18, 365, -4, 96, 0, 27][i % 7]) }), updated_at: ago(i * 3600_000),
  };
});

const NAMES = ["孙强", "钱伟", "李娜", "王磊", "赵静", "周涛", "吴敏", "郑浩", "冯霞", "陈晨", "褚健", "卫平", "蒋丽", "沈飞", "韩梅"];
export const pilots = NAMES.map((name, i) => ({ id: `P-${String(i + 1).padStart(3, "0")}`, name, organisation_id: ["demo-logistics", "demo-agri", "demo-tours", "demo"][i % 4], has_phone: i % 5 !== 4, licence: `CAAC-UA-${420000 + i * 137}`, licence_until: day([300, 25, -31, 700, 8][i % 5]), classes: [["light", "small"], ["medium"], ["light"], ["small"]][i % 4], demo: true, ...(i === 0 ? { username: "feishou-01" } : {}) }));
const SEATS = ["421202", "421200-GX", "421221", "421281", "421223"];
export const sites = region.places.slice(0, 12).map((p, i) => ({ id: `site-${String(i + 1).padStart(2, "0")}`, kind: i % 3 === 2 ? "pad" : "dock", name: { zh: `${p.name.zh}${i % 3 === 2 ? "起降点" : "机巢"}`, en: `${p.name.en} ${i % 3 === 2 ? "pad" : "dock"}` }, position: { longitude_deg: p.longitude_deg, latitude_deg: p.latitude_deg, ...(i % 2 ? { altitude_amsl_m: 28 + i } : {}) }, device_id: i % 3 === 2 ? undefined : `dock-${String(i + 1).padStart(2, "0")}`, organisation_id: ["demo", "demo-logistics", "demo-tours"][i % 3], jurisdiction_ids: [SEATS[i % 5], "421200"], demo: true }));
export const devices = [
  ...sites.filter((s) => s.device_id).map((s, i) => ({ id: s.device_id, kind: "gateway", name: s.name.zh, organisation_id: s.organisation_id, created_at: ago(60 * DAY), renewed_at: ago(12 * DAY), demo: true, state: { connected: i % 4 !== 2, since: ago(i * 900_000 + 120_000), address: `10.42.12.${20 + i}`, refused: i === 1 ? 37 : 0 } })),
  { id: "mast-wenquan", kind: "weather", name: "温泉气象站", organisation_id: "xianning", created_at: ago(200 * DAY), renewed_at: ago(200 * DAY), state: { connected: true, since: ago(9 * DAY), address: "10.42.12.61" } },
  { id: "radar-henggou", kind: "traffic", name: "横沟桥监视雷达", organisation_id: "gaoxin", created_at: ago(30 * DAY), renewed_at: ago(30 * DAY), state: { connected: false } },
  { id: "l-44", kind: "aircraft", name: "物-44 自带模块", organisation_id: "demo-logistics", created_at: ago(30 * DAY), renewed_at: ago(30 * DAY), revoked_at: ago(2 * DAY), state: { connected: false, since: ago(2 * DAY) } },
];

const HASH = "9f2c4e17b8a05d6390c1f7e2a4b86d53e7f01928c4a6b3d5e8f7019a2b3c4d5e";
const entry = (n, by, action, object, extra = {}) => ({ by, from: "10.42.3.17", action, object, request_id: `7f3a-${1000 + n}`, organisation_id: "xianning", ...extra });
export const audit = [
  entry(1, "admin", "person.change", "user/tongshan-zhiban", { before: { username: "tongshan-zhiban", roles: ["county_duty_officer"], disabled: false }, after: { username: "tongshan-zhiban", roles: ["county_duty_officer"], disabled: true }, organisation_id: "tongshan" }),
  entry(2, "wuliu-admin", "aircraft.save", "aircraft/l-12", { organisation_id: "demo-logistics", before: { name: { zh: "物-12", en: "L-12" }, model: "演示 H6", insured_until: day(-3), contact_phone: "sealed", remote_ids: ["1581F4BND1000"] }, after: { name: { zh: "物-12", en: "L-12" }, model: "演示 H6", insured_until: day(362), contact_phone: "sealed", remote_ids: ["1581F4BND1000", "1581F4BND1044"] } }),
  entry(3, "xianan-zhiban", "personal.look", "pilot/P-003", { organisation_id: "xianan", detail: "alert 9c1f" }), entry(4, "xianan-zhiban", "access.denied", "aircraft/a-07", { organisation_id: "xianan", detail: "GET /api/v1/aircraft/a-07" }),
  entry(5, "zhiban01", "alert.hand_over", "alert/9c1f4a", { detail: "421200 → 421202" }), entry(6, "admin", "device.revoke", "device/l-44", { before: { id: "l-44", kind: "aircraft" }, after: { id: "l-44", kind: "aircraft", revoked_at: ago(2 * DAY) } }),
  entry(7, "shell/root", "person.create", "user/shenji", { from: "", after: { username: "shenji", display_name: "黄国庆", roles: ["auditor"], organisation_id: "xianning" } }), entry(8, "jiayu-admin", "register.import", "register/aircraft", { organisation_id: "jiayu", detail: "new 41, changed 3" }),
  entry(9, "feishou-01", "session.refused", "user/feishou-01", { organisation_id: "demo-logistics", from: "117.152.8.40" }), entry(10, "shenhe01", "zone.publish", "zone/wenquan-limit", { after: { id: "wenquan-limit", version: 8, restriction: "conditional" } }),
  ...Array.from({ length: 90 }, (_, i) => entry(20 + i, ["admin", "zhiban01", "xianan-zhiban", "wuliu-admin"][i % 4], ["session.begin", "alert.acknowledge", "alert.close", "session.end"][i % 4], i % 4 === 1 || i % 4 === 2 ? `alert/${(0x9c1f00 + i).toString(16)}` : "session/…")),
].map((e, i, all) => ({ seq: 4812 + all.length - i, at: ago(i * 1_260_000 + 90_000), hash: HASH, ...e }));
export const chain = { ok: true, entries: audit[0].seq, head: { seq: audit[0].seq, hash: HASH } };
