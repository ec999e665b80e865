// Height bands of the zones over an aircraft's place, as far as they can be told above the ground there: for looking at.
// The server judges.

import { activeAt } from "../picture/applicability";
import { limitsText } from "../picture/limits";
import { volumesAt, type DrawnZone } from "../picture/zones";
import type { Altitude, Position, Restriction } from "../vocabulary";

export interface Band {
  zone: DrawnZone;
  restriction: Restriction;
  /** Metres above the ground; 0 is the ground, Infinity unlimited. */
  low: number;
  high: number;
}

export interface Bands {
  drawn: Band[];
  /** Zones here whose limits have no height above the ground with what the aircraft reports: their limits in words. */
  told: { zone: DrawnZone; text: string }[];
}

/** Of zones that apply now. `at` is the aircraft's newest report, whose heights lead from one datum to another. */
export function bandsAt(zones: Iterable<DrawnZone>, place: [number, number], at: Position | undefined, now: number): Bands {
  const bands: Bands = { drawn: [], told: [] };
  for (const zone of zones) {
    if (zone.restriction === "no_restriction") continue;
    const volumes = volumesAt(zone, place);
    if (volumes.length === 0 || !activeAt(zone.periods, now)) continue;
    for (const v of volumes) {
      const low = v.floor ? aboveGround(v.floor, at) : 0;
      const high = v.ceiling ? aboveGround(v.ceiling, at) : Infinity;
      if (low === undefined || high === undefined) bands.told.push({ zone, text: limitsText(v.floor, v.ceiling) });
      else bands.drawn.push({ zone, restriction: zone.restriction, low: Math.max(0, low), high });
    }
  }
  return bands;
}

/** A height above the ground below the aircraft; undefined where its reports do not lead there. */
export function aboveGround(a: Altitude, at: Position | undefined): number | undefined {
  if (a.datum === "agl") return a.metres;
  const agl = at?.height_agl_m;
  if (agl === undefined) return undefined;
  if (a.datum === "ellipsoid" && at?.altitude_hae_m !== undefined) return a.metres - (at.altitude_hae_m - agl);
  const national = !a.geoid || a.geoid === "cn1985";
  if (a.datum === "amsl" && national && at?.altitude_amsl_m !== undefined) return a.metres - (at.altitude_amsl_m - agl);
  return undefined;
}
