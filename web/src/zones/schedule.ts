// Periods in words, and as a person types them. Wall clock of Asia/Shanghai throughout, by arithmetic.

import i18n from "i18next";
import type { ZonePeriod } from "./feature";

const SHANGHAI_MS = 8 * 3600_000;
const DAY_MS = 86_400_000;

const two = (n: number): string => String(n).padStart(2, "0");

/** `08:30`; 1440 is `24:00`. */
export function clockOf(minute: number): string {
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

/** A typed time of the day as minutes, 0 to 1440: `8:30`, `0830`, `24:00`; undefined where it is none. */
export function parseClock(text: string): number | undefined {
  const m = text.trim().match(/^(\d{1,2})[:：]?(\d{2})$/);
  if (!m) return undefined;
  const minute = Number(m[1]) * 60 + Number(m[2]);
  return Number(m[2]) < 60 && minute <= 1440 ? minute : undefined;
}

/** An instant as `2026-10-15 14:30`, as it is typed. */
export function typedInstant(ms: number): string {
  return new Date(ms + SHANGHAI_MS).toISOString().slice(0, 16).replace("T", " ");
}

/**
 * A typed instant of Asia/Shanghai in ms since 1970 UTC: `2026-10-15 14:30`, `10-15 14:30` in the year of `now`. A day
 * alone is its beginning, or, as an `end`, the beginning of the next. Undefined where it is none.
 */
export function parseInstant(text: string, now: number, end = false): number | undefined {
  const m = text.trim().match(/^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?(?:[\sT]+(\d{1,2}:?\d{2}))?$/);
  if (!m) return undefined;
  const year = m[1] ? Number(m[1]) : new Date(now + SHANGHAI_MS).getUTCFullYear();
  const [month, day] = [Number(m[2]), Number(m[3])];
  const midnight = Date.UTC(year, month - 1, day);
  const date = new Date(midnight);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const minute = m[4] === undefined ? (end ? 1440 : 0) : parseClock(m[4]);
  return minute === undefined ? undefined : midnight + minute * 60_000 - SHANGHAI_MS;
}

/** `10-15 周四 14:30`, with the year where it is not that of `now`. */
export function dayWords(ms: number, now: number, time = true): string {
  const d = new Date(ms + SHANGHAI_MS);
  const year = d.getUTCFullYear() === new Date(now + SHANGHAI_MS).getUTCFullYear() ? "" : `${d.getUTCFullYear()}-`;
  const words = `${year}${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${i18n.t(`weekday.${d.getUTCDay()}`)}`;
  return time ? `${words} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}` : words;
}

/** Days of the week from Monday, three and more in a row as a range: `周一至周五、周日`. */
export function weekdayWords(days: readonly number[]): string {
  const order = [1, 2, 3, 4, 5, 6, 0];
  const on = order.filter((d) => days.includes(d));
  if (on.length === 0 || on.length === 7) return i18n.t("zones.schedule.daily");
  const name = (d: number): string => i18n.t(`weekday.${d}`);
  const groups: number[][] = [];
  for (const d of on) {
    const last = groups[groups.length - 1];
    if (last && order.indexOf(last[last.length - 1]!) + 1 === order.indexOf(d)) last.push(d);
    else groups.push([d]);
  }
  return groups
    .flatMap((g) => (g.length > 2 ? [i18n.t("zones.schedule.range", { from: name(g[0]!), to: name(g[g.length - 1]!) })] : g.map(name)))
    .join(i18n.t("zones.schedule.and"));
}

/** One period in words. */
export function periodWords(p: ZonePeriod, now: number): string {
  const events = p.start_event || p.end_event;
  const hours = p.start_minute !== undefined || p.end_minute !== undefined;
  const start = p.start_minute ?? 0;
  const end = p.end_minute ?? 1440;
  const parts: string[] = [];
  const [from, until] = [Date.parse(p.from ?? ""), Date.parse(p.until ?? "")];
  const [hasFrom, hasUntil] = [Number.isFinite(from), Number.isFinite(until)];
  if (hasFrom && hasUntil) parts.push(i18n.t("zones.schedule.fromTo", { from: dayWords(from, now), to: dayWords(until, now) }));
  else if (hasFrom) parts.push(i18n.t("zones.schedule.from", { from: dayWords(from, now) }));
  else if (hasUntil) parts.push(i18n.t("zones.schedule.until", { to: dayWords(until, now) }));
  if (p.weekdays?.length || hours || events) parts.push(weekdayWords(p.weekdays ?? []));
  if (events) {
    const side = (event: string | undefined, minute: number | undefined, fallback: number): string =>
      event ? i18n.t(`zones.event.${event}`, { defaultValue: event }) : clockOf(minute ?? fallback);
    parts.push(i18n.t("zones.schedule.between", { from: side(p.start_event, p.start_minute, 0), to: side(p.end_event, p.end_minute, 1440) }));
  } else if (hours) {
    const next = end <= start;
    parts.push(`${clockOf(start)}–${next ? i18n.t("zones.schedule.nextDay", { time: clockOf(end) }) : clockOf(end)}`);
  }
  return parts.length === 0 ? i18n.t("zones.schedule.always") : parts.join(" ");
}

/** Every period in words, one entry each; without periods that it always applies. */
export function scheduleWords(periods: readonly ZonePeriod[], now: number): string[] {
  return periods.length === 0 ? [i18n.t("zones.schedule.always")] : periods.map((p) => periodWords(p, now));
}

/** Whether a period names an event of the day: those are judged as always. */
export function hasEvents(periods: readonly ZonePeriod[]): boolean {
  return periods.some((p) => !!(p.start_event || p.end_event));
}

/** The beginning of the Shanghai day after the one that `now` lies in. */
export function nextMidnight(now: number): number {
  return (Math.floor((now + SHANGHAI_MS) / DAY_MS) + 1) * DAY_MS - SHANGHAI_MS;
}
