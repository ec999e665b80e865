// Heights of zones as people read them: in the unit in which they were given, always with their datum.

import i18n from "i18next";
import type { Altitude } from "../vocabulary";
import { duration } from "../clock";
import { figure } from "../words";
import type { DrawnZone } from "./zones";

const FOOT = 0.3048;

/** `300`, `1 000`; in feet where it was given so. */
export function heightFigure(a: Altitude): string {
  return figure(Math.round(a.feet ? a.metres / FOOT : a.metres));
}

export function heightUnit(a: Altitude): string {
  return a.feet ? "ft" : "m";
}

/** `300 m 真高`; the geoid is named where it is not the national one. */
export function heightText(a: Altitude): string {
  return `${heightFigure(a)}\u2009${heightUnit(a)} ${datumText(a)}`;
}

function datumText(a: Altitude): string {
  const geoid = a.datum === "amsl" && a.geoid && a.geoid !== "cn1985" ? ` ${a.geoid.toUpperCase()}` : "";
  return i18n.t(`datum.${a.datum}`, { defaultValue: a.datum }) + geoid;
}

/** `地面–120 m 真高`: floor to ceiling, each with its unit and datum where they differ. */
export function limitsText(floor: Altitude | undefined, ceiling: Altitude | undefined): string {
  const ground = !floor || (floor.datum === "agl" && floor.metres <= 0);
  if (!ceiling) return i18n.t("zone.from", { low: ground ? i18n.t("zone.ground") : heightText(floor) });
  if (ground) return `${i18n.t("zone.ground")}–${heightText(ceiling)}`;
  const alike = floor.datum === ceiling.datum && floor.feet === ceiling.feet && floor.geoid === ceiling.geoid;
  return `${alike ? heightFigure(floor) : heightText(floor)}–${heightText(ceiling)}`;
}

/** The limits of a zone of one volume, or of several alike; else those of the first and how many there are. */
export function zoneLimits(z: DrawnZone): string {
  const texts = new Set(z.volumes.map((v) => limitsText(v.floor, v.ceiling)));
  const [first = ""] = texts;
  return texts.size > 1 ? `${first} ${i18n.t("zone.volumes", { n: z.volumes.length })}` : first;
}

/** How long a temporary zone still has: `剩 1 h 27 min`, in seconds at the end. */
export function leftText(ms: number): string {
  if (ms < 600_000) return i18n.t("zone.left", { time: duration(ms) });
  const minutes = Math.floor(ms / 60_000);
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const time = d > 0 ? `${d}\u2009d ${h}\u2009h` : h > 0 ? `${h}\u2009h ${m}\u2009min` : `${m}\u2009min`;
  return i18n.t("zone.left", { time });
}
