// Zones in words: heights, validity, sizes, and what the server has against a draft.

import i18n from "i18next";
import { duration } from "../clock";
import { figure, quantity, say } from "../words";
import type { Datum } from "../vocabulary";
import { FOOT_M } from "./draft";
import { ceilingOf, floorOf, nameOf, type Feature, type Limit, type LimitProperties } from "./feature";
import { dayWords } from "./schedule";
import type { Validity } from "./validity";

const t = i18n.t.bind(i18n);

export function zoneName(f: Feature): string {
  const name = say(nameOf(f.properties));
  return f.properties.demo && !/^(演示|demo\b)/i.test(name) ? `${t("demo.mark")} ${name}` : name;
}

/** Metres or feet as they were given; a figure in feet has its metres beside it. */
export function heightFigure(l: Limit, both = false): string {
  if (!l.feet) return quantity(l.metres, "m", Number.isInteger(l.metres) ? 0 : 1);
  const feet = quantity(l.metres / FOOT_M, "ft");
  return both ? `${feet} (${quantity(l.metres, "m")})` : feet;
}

export function datumWord(datum: Datum, geoid?: string): string {
  const word = t(`datum.${datum}`, { defaultValue: datum });
  return datum === "amsl" && geoid && geoid !== "cn1985" ? `${word} ${t(`zones.geoid.${geoid}`, { defaultValue: geoid })}` : word;
}

/** One limit with what it is measured from: `120 m 真高`, `400 ft (122 m) AMSL`. */
export function limitWords(l: Limit, both = true): string {
  return `${heightFigure(l, both)} ${datumWord(l.datum, l.geoid)}`;
}

/** From floor to ceiling, in the map's words; the datum once where both limits share it. Nothing is rounded to metres. */
export function limitsWords(p: LimitProperties): string {
  const [floor, high] = [floorOf(p), ceilingOf(p)];
  const low = floor?.datum === "agl" && floor.metres <= 0 ? undefined : floor; // the ground, however it was written
  if (!high) return low ? t("zones.limits.above", { low: limitWords(low, false) }) : t("zones.limits.all");
  if (!low) return t("zones.limits.band", { low: t("zones.limits.ground"), high: limitWords(high, false) });
  const alike = low.datum === high.datum && (low.geoid ?? "cn1985") === (high.geoid ?? "cn1985") && !!low.feet === !!high.feet;
  const bare = low.feet ? figure(low.metres / FOOT_M) : figure(low.metres, Number.isInteger(low.metres) ? 0 : 1);
  return t("zones.limits.band", { low: alike ? bare : limitWords(low, false), high: limitWords(high, false) });
}

/** The first volume's heights, and how many volumes there are when more than one. */
export function zoneLimits(f: Feature): string {
  const more = f.properties.further?.length ?? 0;
  return limitsWords(f.properties) + (more > 0 ? ` ${t("zone.volumes", { n: more + 1 })}` : "");
}

/** How it stands to the clock, with the time left of a temporary one. */
export function validityWords(v: Validity, temporary: boolean, now: number): string {
  switch (v.state) {
    case "now":
      if (temporary && v.ends !== undefined) return t("zones.valid.left", { time: duration(v.ends - now) });
      return v.changes !== undefined ? t("zones.valid.until", { when: shortWhen(v.changes, now) }) : t("zones.valid.now");
    case "ended":
      return t("zones.valid.ended");
    default:
      return v.changes === undefined ? t(`zones.facet.${v.state}`) : t("zones.valid.from", { when: shortWhen(v.changes, now) });
  }
}

/** The time of the day where it is today, else the day and time. */
function shortWhen(ms: number, now: number): string {
  const words = dayWords(ms, now);
  return words.slice(0, 5) === dayWords(now, now).slice(0, 5) ? words.slice(-5) : words;
}

export function metresWords(m: number): string {
  return m >= 10_000 ? quantity(m / 1000, "km", 1) : quantity(m, "m", m < 10 && !Number.isInteger(m) ? 1 : 0);
}

export function areaWords(m2: number): string {
  return m2 >= 100_000 ? quantity(m2 / 1e6, "km²", m2 < 1e8 ? 2 : 0) : quantity(m2, "m²");
}

const SERVER: readonly [RegExp, string][] = [
  [/cross/i, "crosses"], [/never applies/i, "neverApplies"], [/above the ceiling/i, "floorAbove"], [/is longer than/i, "tooLong"], [/datum|take-off/i, "badDatum"], [/beyond/i, "tooFar"],
  [/not closed/i, "notClosed"], [/more than/i, "tooMany"], [/not after from/i, "untilFirst"], [/below the ground/i, "belowGround"], [/temporary|until/i, "needsEnd"], [/is empty/i, "empty"],
  [/missing/i, "missing"], [/not known|no such/i, "notKnown"], [/above \d|too large|larger/i, "tooLarge"],
];

/** What the server says of a field. English is its own; in Chinese what we know of it, with its words behind. */
export function serverProblem(problem: string): string {
  if (i18n.language === "en") return problem;
  const key = SERVER.find(([pattern]) => pattern.test(problem))?.[1];
  return key ? `${t(`zones.server.${key}`)}（${problem}）` : problem;
}

/** The name of a form's field, such as `体积 2 上限`. */
export function fieldName(field: string): string {
  const m = field.match(/^(volume|period|exemption|contact)\.(\d+)(?:\.(\w+))?$/);
  if (!m) return field ? t(field === "periods" ? "zones.field.applicability" : `zones.field.${field}`, { defaultValue: field }) : t("zones.check.noPlace");
  const n = Number(m[2]) + 1;
  switch (m[1]) {
    case "volume":
      return `${n > 1 ? `${t("zones.edit.volume", { n })} ` : ""}${t(`zones.field.${m[3]}`)}`;
    case "period":
      return `${t("zones.edit.period", { n })}${m[3] ? ` ${t(`zones.edit.${m[3]}`)}` : ""}`;
    case "exemption":
      return `${t("zones.edit.exempt")} ${n}`;
    default:
      return `${t("zones.edit.contacts")} ${n}`;
  }
}
