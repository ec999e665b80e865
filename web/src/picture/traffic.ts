// Crewed traffic, read from GET /api/v1/traffic every two seconds: there is little of it, it has no slot in the position
// frames, and the answer is the newest of each target as somebody saw it. Nothing above the ground is claimed of it.

import { fetchTraffic } from "../api";
import { serverNow } from "../clock";
import { latitudeOf, longitudeOf, mercatorX, mercatorY, perMetre } from "../map/mercator";
import type { Datum, TrafficView } from "../vocabulary";
import { Observable } from "./observable";

const POLL_MS = 2000;
/** The server forgets a target after a minute too. */
export const FORGET_S = 60;
/** Not heard of for this long: drawn grey, with its age instead of its height. */
export const STALE_S = 10;
/** It glides on at its speed at most this long past its last report. */
const GLIDE_S = 1;

export interface Target {
  id: string;
  /** Mercator of the last report. */
  x: number;
  y: number;
  /** Mercator per second; 0 where speed or course is not known. */
  vx: number;
  vy: number;
  /** Degrees, NaN where not known. */
  course: number;
  /** When it was seen, ms on our monotonic clock. */
  seenAt: number;
  height: { metres: number; datum: Datum } | undefined;
  view: TrafficView;
}

export class TrafficStore extends Observable<ReadonlyMap<string, Target>> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = true;

  constructor() {
    super(new Map());
  }

  start(): void {
    this.stopped = false;
    const read = (): void => {
      fetchTraffic()
        .then((list) => this.apply(list, serverNow(), performance.now()), () => this.forget(performance.now()))
        .finally(() => {
          if (!this.stopped) this.timer = setTimeout(read, POLL_MS);
        });
    };
    read();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Takes an answer that came at `server` (wall clock of the server, ms) and `now` (our monotonic clock, ms). */
  apply(list: readonly TrafficView[], server: number, now: number): void {
    const next = new Map<string, Target>();
    for (const v of list) {
      const t = readTarget(v, server, now);
      if (t && age(t, now) < FORGET_S) next.set(t.id, t);
    }
    if (next.size > 0 || this.get().size > 0) this.set(next);
  }

  /** Without an answer what is known grows old, and goes. */
  forget(now: number): void {
    const kept = [...this.get()].filter(([, t]) => age(t, now) < FORGET_S);
    if (kept.length < this.get().size) this.set(new Map(kept));
  }
}

export function readTarget(v: TrafficView, server: number, now: number): Target | undefined {
  const p = v.position;
  const [lon, lat] = [Number(p?.longitude_deg), Number(p?.latitude_deg)];
  const received = Date.parse(v.received_at);
  if (!v.id || !Number.isFinite(lon) || !Number.isFinite(lat) || Math.abs(lat) > 85 || !Number.isFinite(received)) return undefined;
  const moving = v.ground_speed_mps !== undefined && v.course_deg !== undefined;
  const speed = moving ? v.ground_speed_mps! * perMetre(lat) : 0;
  const angle = ((v.course_deg ?? 0) * Math.PI) / 180;
  return {
    id: v.id, x: mercatorX(lon), y: mercatorY(lat), vx: speed * Math.sin(angle), vy: -speed * Math.cos(angle), course: v.course_deg ?? NaN,
    // Its age as the server tells it; a difference of wall clocks only where it does not.
    seenAt: now - (v.age_s !== undefined ? v.age_s * 1000 : Math.max(0, server - received)), height: heightOf(v), view: v,
  };
}

/** The best height it has, in the datum it was reported in; nothing is converted. */
function heightOf(v: TrafficView): Target["height"] {
  const p = v.position;
  if (p.altitude_amsl_m !== undefined) return { metres: p.altitude_amsl_m, datum: "amsl" };
  if (v.pressure_altitude_m !== undefined) return { metres: v.pressure_altitude_m, datum: "pressure_isa" };
  if (p.altitude_hae_m !== undefined) return { metres: p.altitude_hae_m, datum: "ellipsoid" };
  return undefined;
}

/** Seconds since it was seen. */
export function age(t: Target, now: number): number {
  return Math.max(0, (now - t.seenAt) / 1000);
}

export function isStale(t: Target, now: number): boolean {
  return age(t, now) > STALE_S;
}

/** Where it is drawn now, Mercator. */
export function drawnAt(t: Target, now: number): [number, number] {
  const s = Math.min(age(t, now), GLIDE_S);
  return [t.x + t.vx * s, t.y + t.vy * s];
}

export function placeOf(t: Target): { longitude: number; latitude: number } {
  return { longitude: longitudeOf(t.x), latitude: latitudeOf(t.y) };
}
