// What labels say. The same words as in the list and on the card.

import i18n from "i18next";
import { duration } from "../clock";
import { isClosedFiring } from "../picture/alerts";
import { alertFigures, hazardName, say, shortName } from "../words";
import type { DrawnZone } from "../picture/zones";
import type { World } from "../picture/world";
import type { Alert, Altitude } from "../vocabulary";

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

/** The one-character mark of a restriction. */
export function zoneMark(z: DrawnZone): string {
  return i18n.t(`restriction.mark.${z.restriction}`);
}

export function zoneName(z: DrawnZone): string {
  return shortName(z.name, z.id, z.demo);
}

/** `地面–120 m 真高`: floor to ceiling with their datum. */
export function zoneLimits(z: DrawnZone): string {
  const { floor, ceiling } = z;
  const datum = (a: Altitude | undefined): string => (a ? i18n.t(`datum.${a.datum}`) : "");
  const metres = (a: Altitude): string => String(Math.round(a.metres));
  const low = floor && floor.metres > 0 ? metres(floor) : i18n.t("zone.ground");
  if (!ceiling) return i18n.t("zone.from", { low: floor && floor.metres > 0 ? `${low}\u2009m ${datum(floor)}` : low });
  const mixed = floor && floor.metres > 0 && floor.datum !== ceiling.datum ? ` ${datum(floor)}` : "";
  return `${low}${mixed}–${metres(ceiling)}\u2009m ${datum(ceiling)}`;
}

export function placeName(name: { zh: string; en: string }): string {
  return say(name);
}
