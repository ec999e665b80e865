// A zone while a person edits it: what was typed stays as text until it is a number, and nothing that the form does not
// show is lost on the way back.

import type { Datum, Restriction } from "../vocabulary";
import type { Exemption, Feature, FurtherVolume, Geoid, LimitProperties, Properties, ZoneContact, ZonePeriod } from "./feature";
import { restrictionOf } from "./feature";
import { clockOf, parseClock, parseInstant, typedInstant } from "./schedule";
import { crossesItself, fromGeometry, toGeometry, type Shape } from "./shape";

export const FOOT_M = 0.3048;
export const REASONS = ["AIR_TRAFFIC", "SENSITIVE", "PRIVACY", "POPULATION", "NATURE", "NOISE", "EMERGENCY", "DAR", "FOREIGN_TERRITORY", "OTHER"] as const;

export interface LimitDraft {
  /** "" is no limit. */
  value: string;
  unit: "m" | "ft";
  datum: Datum;
  geoid: Geoid;
}

export interface VolumeDraft {
  shape: Shape | undefined;
  /** What the server sent where it is no shape that can be drawn here; kept. */
  raw: GeoJSON.Geometry | undefined;
  floor: LimitDraft;
  ceiling: LimitDraft;
}

/** Times as they are typed, Asia/Shanghai. */
export interface PeriodDraft {
  from: string;
  until: string;
  weekdays: number[];
  start: string;
  end: string;
  startEvent: string;
  endEvent: string;
}

export interface Draft {
  id: string;
  /** The version that it is made from; 0: a new zone. */
  base: number;
  nameZh: string;
  nameEn: string;
  restriction: Restriction;
  kind: string;
  volumes: VolumeDraft[];
  when: "always" | "schedule" | "temporary";
  periods: PeriodDraft[];
  reasons: string[];
  reasonZh: string;
  reasonEn: string;
  conditionsZh: string;
  conditionsEn: string;
  messageZh: string;
  messageEn: string;
  authority: string;
  contacts: ZoneContact[];
  exemptions: Exemption[];
  /** Metres as typed; "": the default of the kind. */
  buffer: string;
  warningBand: string;
  /** What the zone holds besides. */
  rest: Partial<Properties>;
}

export const NO_LIMIT: LimitDraft = { value: "", unit: "m", datum: "agl", geoid: "cn1985" };
export const NO_PERIOD: PeriodDraft = { from: "", until: "", weekdays: [], start: "", end: "", startEvent: "", endEvent: "" };

export function newVolume(): VolumeDraft {
  return { shape: undefined, raw: undefined, floor: NO_LIMIT, ceiling: { ...NO_LIMIT, value: "120" } };
}

export function newDraft(id: string): Draft {
  return {
    id, base: 0, nameZh: "", nameEn: "", restriction: "prohibited", kind: "", volumes: [newVolume()], when: "always", periods: [], reasons: [],
    reasonZh: "", reasonEn: "", conditionsZh: "", conditionsEn: "", messageZh: "", messageEn: "", authority: "", contacts: [], exemptions: [],
    buffer: "", warningBand: "", rest: {},
  };
}

const EDITED = new Set([
  "id", "version", "name_zh", "name_en", "restriction", "kind", "floor_m", "floor_datum", "floor_geoid", "floor_feet", "ceiling_m", "ceiling_datum", "ceiling_geoid",
  "ceiling_feet", "radius_m", "width_m", "further", "temporary", "applicability", "reasons", "reason_zh", "reason_en", "conditions_zh", "conditions_en",
  "message_zh", "message_en", "authority", "contacts", "exemptions", "buffer_m", "warning_band_m", "published_at", "jurisdiction_ids",
]);

export function fromFeature(f: Feature): Draft {
  const p = f.properties;
  const periods = p.applicability ?? [];
  return {
    id: p.id, base: p.version ?? 0, nameZh: p.name_zh ?? "", nameEn: p.name_en ?? "", restriction: restrictionOf(p), kind: p.kind ?? "",
    volumes: [volume(f.geometry, p), ...(p.further ?? []).map((v) => volume(v.geometry, v))],
    when: p.temporary ? "temporary" : periods.length > 0 ? "schedule" : "always",
    periods: periods.map(typedPeriod),
    reasons: [...(p.reasons ?? [])], reasonZh: p.reason_zh ?? "", reasonEn: p.reason_en ?? "", conditionsZh: p.conditions_zh ?? "", conditionsEn: p.conditions_en ?? "",
    messageZh: p.message_zh ?? "", messageEn: p.message_en ?? "", authority: p.authority ?? "", contacts: p.contacts ?? [], exemptions: p.exemptions ?? [],
    buffer: p.buffer_m === undefined ? "" : String(p.buffer_m), warningBand: p.warning_band_m === undefined ? "" : String(p.warning_band_m),
    rest: Object.fromEntries(Object.entries(p).filter(([k]) => !EDITED.has(k))) as Partial<Properties>,
  };
}

function volume(g: GeoJSON.Geometry | null, l: LimitProperties): VolumeDraft {
  const shape = fromGeometry(g, l.radius_m, l.width_m);
  return {
    shape, raw: shape || !g ? undefined : g,
    floor: typedLimit(l.floor_m, l.floor_datum, l.floor_geoid, l.floor_feet), ceiling: typedLimit(l.ceiling_m, l.ceiling_datum, l.ceiling_geoid, l.ceiling_feet),
  };
}

/** A limit as it was given: feet without the noise of the conversion. */
export function typedLimit(metres: number | undefined, datum: Datum | undefined, geoid: Geoid | undefined, feet: boolean | undefined): LimitDraft {
  if (metres === undefined || datum === undefined) return NO_LIMIT;
  const value = feet ? Math.round((metres / FOOT_M) * 100) / 100 : metres;
  return { value: String(value), unit: feet ? "ft" : "m", datum, geoid: geoid ?? "cn1985" };
}

/** Metres of what was typed; undefined where it is blank or no number. */
export function metresOf(l: LimitDraft): number | undefined {
  const v = numberOf(l.value);
  return v === undefined ? undefined : l.unit === "ft" ? Math.round(v * FOOT_M * 1e6) / 1e6 : v;
}

export function numberOf(text: string): number | undefined {
  const t = text.trim().replace("−", "-");
  return /^[+-]?\d+(\.\d+)?$/.test(t) ? Number(t) : undefined;
}

function limitProperties(prefix: "floor" | "ceiling", l: LimitDraft): LimitProperties {
  const metres = metresOf(l);
  if (metres === undefined) return {};
  return {
    [`${prefix}_m`]: metres, [`${prefix}_datum`]: l.datum,
    ...(l.datum === "amsl" && l.geoid !== "cn1985" ? { [`${prefix}_geoid`]: l.geoid } : {}), ...(l.unit === "ft" ? { [`${prefix}_feet`]: true } : {}),
  };
}

function typedPeriod(p: ZonePeriod): PeriodDraft {
  const instant = (iso: string | undefined): string => (iso === undefined ? "" : typedInstant(Date.parse(iso)));
  const clock = (m: number | undefined): string => (m === undefined ? "" : clockOf(m));
  return {
    from: instant(p.from), until: instant(p.until), weekdays: [...(p.weekdays ?? [])], start: clock(p.start_minute), end: clock(p.end_minute),
    startEvent: p.start_event ?? "", endEvent: p.end_event ?? "",
  };
}

/** The period that was typed; a part that cannot be read is left out here and named by problemsOf. */
export function periodOf(d: PeriodDraft, now: number): ZonePeriod {
  const [from, until] = [parseInstant(d.from, now), parseInstant(d.until, now, true)];
  const [start, end] = [d.startEvent ? undefined : parseClock(d.start), d.endEvent ? undefined : parseClock(d.end)];
  return {
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }), ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    ...(d.weekdays.length > 0 && d.weekdays.length < 7 ? { weekdays: [...d.weekdays].sort() } : {}),
    ...(start === undefined ? {} : { start_minute: start % 1440 }), ...(end === undefined ? {} : { end_minute: end }),
    ...(d.startEvent ? { start_event: d.startEvent } : {}), ...(d.endEvent ? { end_event: d.endEvent } : {}),
  };
}

/** The feature that is checked and published. `now` completes dates that were typed without a year. */
export function toFeature(d: Draft, now: number): Feature {
  const [first, ...further] = d.volumes.map((v): FurtherVolume => {
    const { geometry, ...size } = v.shape ? toGeometry(v.shape) : { geometry: v.raw as GeoJSON.Geometry };
    return { geometry, ...size, ...limitProperties("floor", v.floor), ...limitProperties("ceiling", v.ceiling) };
  });
  const { geometry, ...limits } = first ?? { geometry: null };
  const text = (key: string, v: string): Record<string, string> => (v.trim() ? { [key]: v.trim() } : {});
  const number = (key: string, v: string): Record<string, number> => {
    const n = numberOf(v);
    return n === undefined ? {} : { [key]: n };
  };
  const some = <T>(key: string, list: T[]): Record<string, T[]> => (list.length > 0 ? { [key]: list } : {});
  const properties = {
    ...d.rest, id: d.id, ...(d.base > 0 ? { version: d.base } : {}),
    name_zh: (d.nameZh || d.nameEn).trim(), name_en: (d.nameEn || d.nameZh).trim(), restriction: d.restriction, ...text("kind", d.kind), ...limits,
    ...some("further", further), ...(d.when === "temporary" ? { temporary: true } : {}),
    ...some("applicability", d.when === "always" ? [] : d.periods.map((p) => periodOf(p, now))),
    ...some("reasons", d.reasons), ...text("reason_zh", d.reasonZh), ...text("reason_en", d.reasonEn), ...text("conditions_zh", d.conditionsZh),
    ...text("conditions_en", d.conditionsEn), ...text("message_zh", d.messageZh), ...text("message_en", d.messageEn), ...text("authority", d.authority),
    ...some("contacts", d.contacts.map(tidyContact).filter((c) => Object.keys(c).length > 0)),
    ...some("exemptions", d.exemptions.map((x) => tidy(x as Record<string, unknown>)).filter((x) => Object.keys(x).length > 0)),
    ...number("buffer_m", d.buffer), ...number("warning_band_m", d.warningBand),
  } as Properties;
  return { type: "Feature", geometry: geometry ?? null, properties };
}

function tidy(o: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined && v !== ""));
}

function tidyContact(c: ZoneContact): ZoneContact {
  const both = (t: { zh: string; en: string } | undefined) => (t && (t.zh || t.en) ? { zh: t.zh || t.en, en: t.en || t.zh } : undefined);
  return tidy({ ...c, name: both(c.name), service: both(c.service), person: both(c.person) }) as ZoneContact;
}

export interface DraftProblem {
  /** Key of the form's field: "name", "volume.0.floor", "period.1.until" … */
  field: string;
  /** Key of zones.problem.* */
  key: string;
}

/** What the form itself can say; the server says the rest. */
export function problemsOf(d: Draft, now: number): DraftProblem[] {
  const out: DraftProblem[] = [];
  const say = (field: string, key: string): void => void out.push({ field, key });
  if (!d.nameZh.trim() && !d.nameEn.trim()) say("name", "noName");
  if (!/^[\x21-\x7e\u00a1-\uffff]{1,64}$/.test(d.id)) say("id", "badId");
  d.volumes.forEach((v, i) => {
    if (!v.shape && !v.raw) say(`volume.${i}.shape`, "noShape");
    if (v.shape?.kind === "polygon" && v.shape.parts.some((rings) => rings.some(crossesItself))) say(`volume.${i}.shape`, "crosses");
    for (const side of ["floor", "ceiling"] as const) if (v[side].value.trim() && metresOf(v[side]) === undefined) say(`volume.${i}.${side}`, "noNumber");
    const [low, high] = [metresOf(v.floor), metresOf(v.ceiling)];
    if (low !== undefined && high !== undefined && v.floor.datum === v.ceiling.datum && low > high) say(`volume.${i}.floor`, "floorAbove");
  });
  for (const key of ["buffer", "warningBand"] as const) {
    const n = numberOf(d[key]);
    if (d[key].trim() && (n === undefined || n < 0)) say(key, "noNumber");
  }
  if (d.when !== "always") {
    if (d.periods.length === 0) say("periods", "noPeriod");
    d.periods.forEach((p, i) => periodProblems(p, i, d.when === "temporary", now, say));
  }
  d.exemptions.forEach((x, i) => !x.organisation_id && !x.scenario && !x.plan_id && say(`exemption.${i}`, "blankExemption"));
  return out;
}

function periodProblems(p: PeriodDraft, i: number, temporary: boolean, now: number, say: (field: string, key: string) => void): void {
  const [from, until] = [parseInstant(p.from, now), parseInstant(p.until, now, true)];
  if (p.from.trim() && from === undefined) say(`period.${i}.from`, "noInstant");
  if (p.until.trim() && until === undefined) say(`period.${i}.until`, "noInstant");
  if (temporary && !p.until.trim()) say(`period.${i}.until`, "needsEnd");
  if (from !== undefined && until !== undefined && until <= from) say(`period.${i}.until`, "endsFirst");
  if (temporary && until !== undefined && until <= now) say(`period.${i}.until`, "endedAlready");
  if (p.start.trim() && !p.startEvent && parseClock(p.start) === undefined) say(`period.${i}.start`, "noClock");
  if (p.end.trim() && !p.endEvent && parseClock(p.end) === undefined) say(`period.${i}.end`, "noClock");
}

/** Which field of the form a field of the server's answer is about; "" where none is. */
export function formField(field: string): string {
  const further = field.match(/further\[(\d+)\]/);
  const at = further ? Number(further[1]) + 1 : 0;
  const rest = further ? field.slice(field.indexOf(further[0]) + further[0].length) : field;
  const period = field.match(/applicability\[(\d+)\]\.?(\w+)?/);
  if (period) {
    const part = { from: ".from", until: ".until", start_minute: ".start", end_minute: ".end", weekdays: ".weekdays", start_event: ".start", end_event: ".end" }[period[2] ?? ""] ?? "";
    return `period.${period[1]}${part}`;
  }
  if (/floor/.test(rest)) return `volume.${at}.floor`;
  if (/ceiling/.test(rest)) return `volume.${at}.ceiling`;
  if (/geometry|polygons|radius|width|line|centre|coordinates/.test(rest) || further) return `volume.${at}.shape`;
  const words: [RegExp, string][] = [
    [/applicability/, "periods"], [/temporary/, "periods"], [/buffer/, "buffer"], [/warning_band/, "warningBand"], [/exemptions\[(\d+)\]/, "exemption."], [/contacts\[(\d+)\]/, "contact."],
    [/name/, "name"], [/reasons/, "reasons"], [/restriction/, "restriction"], [/kind/, "kind"], [/conditions/, "conditions"], [/message/, "message"], [/reason/, "reason"],
    [/authority/, "authority"], [/\bid$/, "id"],
  ];
  for (const [pattern, key] of words) {
    const m = rest.match(pattern);
    if (m) return key.endsWith(".") ? key + m[1] : key;
  }
  return "";
}
