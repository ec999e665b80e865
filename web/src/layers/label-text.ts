// What labels say. The same words as in the list and on the card.

import i18n from "i18next";
import { calendarDay, clockTime, duration } from "../clock";
import { isClosedFiring } from "../picture/alerts";
import { activeAt, nextEnd, nextStart } from "../picture/applicability";
import { age, type Target } from "../picture/traffic";
import { alertFigures, figure, hazardName, say, shortName } from "../words";
import { leftText } from "../picture/limits";
import type { DrawnZone } from "../picture/zones";
import type { World } from "../picture/world";
import { TrackState, type Alert } from "../vocabulary";

/** `演示 物-12`: the short name with its mark where the aircraft is not a real one. */
export function aircraftName(world: World, slot: number): string {
  const identity = world.tracks.identities[slot];
  if (!identity) return "";
  return shortName(identity.name, identity.aircraft_id, !!(identity.demo || identity.simulated));
}

/** The two lines of an alerting label: name and hazard; the figures. */
export function alertLines(a: Alert, name: string): { name: string; hazard: string; figures: string } {
  return { name, hazard: hazardName(a), figures: isClosedFiring(a) ? i18n.t("alert.closedFiring") : alertFigures(a) };
}

export function ageText(seconds: number): string {
  return seconds < 100 ? `${Math.floor(seconds)}\u2009s` : duration(seconds * 1000);
}

/** The one-character mark: of a temporary zone, else of its restriction. */
export function zoneMark(z: DrawnZone): string {
  return z.temporary ? i18n.t("zone.temporaryMark") : i18n.t(`restriction.mark.${z.restriction}`);
}

/** Its name, after 演示 and 上级 where it is made up or a copy. */
export function zoneName(z: DrawnZone): string {
  const name = shortName(z.name, z.id, z.demo);
  return z.superior ? `${i18n.t("zone.superiorMark")} ${name}` : name;
}

const DAY_MS = 86_400_000;

/**
 * When a zone that does not apply now begins to; how long a temporary one still has; for one that ends within a day, when.
 * Empty for the others.
 */
export function zoneTimes(z: DrawnZone, now: number): string {
  if (z.periods.length === 0) return "";
  if (!activeAt(z.periods, now)) {
    const start = nextStart(z.periods, now);
    return start === undefined ? i18n.t("zone.ended") : i18n.t("zone.starts", { when: whenText(start, now) });
  }
  const end = nextEnd(z.periods, now);
  if (z.temporary && end !== undefined) return leftText(end - now);
  return end !== undefined && end - now < DAY_MS ? i18n.t("zone.ends", { when: whenText(end, now) }) : "";
}

/** `07:00` today, `周六 09:00` within the week, else `10-01`; Asia/Shanghai. */
export function whenText(t: number, now: number): string {
  const { month, day, weekday } = calendarDay(t);
  const clock = clockTime(t).slice(0, 5);
  if (day === calendarDay(now).day && t - now < DAY_MS) return clock;
  return t - now < 7 * DAY_MS ? `${i18n.t(`weekday.${weekday}` as "weekday.0")} ${clock}` : `${month}-${day}`;
}

/** Before the height of traffic without a name: nothing, but for an emergency. */
export function unnamedLabel(state: number): string {
  return state === TrackState.emergency ? i18n.t("state.emergency") : "";
}

/** What a crewed target is called; those that others see are told without a name. */
export function trafficName(id: string): string {
  return id.startsWith("anonymous-") ? i18n.t("traffic.anonymous") : id;
}

/** `920 m 海拔`; its age once it is stale, – where it told no height. */
export function trafficHeight(t: Target, stale: boolean, now: number): string {
  if (stale) return ageText(age(t, now));
  return t.height ? `${figure(Math.round(t.height.metres))}\u2009m ${i18n.t(`datum.${t.height.datum}`)}` : "–";
}

/** The one-character mark of a blind area. */
export function blindMark(): string {
  return i18n.t("zone.blind");
}

/** `网关 gw-1 离线 0:45` and how many aircraft are not seen for it. */
export function blindLines(id: string, aircraft: number, downMs: number | undefined): [string, string] {
  const time = downMs === undefined ? "" : i18n.t("figures.down", { time: duration(downMs) });
  return [`${i18n.t("object.source")} ${id} ${time}`.trim(), i18n.t("figures.blind", { n: aircraft })];
}

export function placeName(name: { zh: string; en: string }): string {
  return say(name);
}
