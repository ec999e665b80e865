// The newest position of every aircraft, as typed arrays indexed by slot. React never holds any of it; the map reads
// the arrays each frame and lists re-read them once a second.

import { inTiles, mercatorX, mercatorYOfSine, longitudeOf, latitudeOf, perMetreOfSine, tilesOf, type TileRange } from "../map/mercator";
import { ABSENT_I16, ABSENT_U16, heightMetres, type Frame } from "../stream/frame";
import type { ViewBox } from "../stream/messages";
import { TrackState, severityRank, type Identity, type Severity } from "../vocabulary";
import { ANONYMOUS, glyphOf } from "./kinds";

/** Positions glide on at the reported speed at most this long past the last report. */
export const GLIDE_S = 1;
/** A new report that disagrees with the glide is reached over this long, so that nothing jumps by a pixel or two. */
export const BLEND_S = 0.4;
/** A slot above this is not believed: arrays are sized by the highest slot. */
export const MAX_SLOTS = 1 << 17;

/**
 * An aircraft is stale when it has not reported for twice its interval and this long: a report also waits for the flush
 * of the stream (0.2 s) and for the next drawn frame, and a glyph must not change between live and stale every second.
 */
export const STALE_SLACK_S = 1;

const DEFAULT_INTERVAL_S = 5; // until the server has learned one

/** Sines by hundredths of a degree, as courses are sent, and a quarter turn more for the cosines. */
const SINE = Float64Array.from({ length: 45_000 }, (_, i) => Math.sin((i * Math.PI) / 18_000));

export class TrackStore {
  capacity = 0;
  /** One above the highest slot in use. */
  used = 0;
  /** Counts applied changes; readers compare it to know whether to look again. */
  version = 0;
  /** Frames' aircraft whose slot had no identity: a fault of the stream, counted. */
  unknownSlots = 0;
  /**
   * Seconds for which nothing at all has come: the picture's own lateness, which the top bar tells and no aircraft is
   * blamed for. A picture that has stopped makes every glyph stale by itself.
   */
  lag = 0;

  x = new Float64Array(0); // Mercator of the last report
  y = new Float64Array(0);
  vx = new Float32Array(0); // Mercator per second
  vy = new Float32Array(0);
  ex = new Float32Array(0); // where it was drawn, less the report: blended away after a report
  ey = new Float32Array(0);
  reportedAt = new Float64Array(0); // ms on our monotonic clock
  agl = new Float32Array(0); // NaN: no evidence
  hae = new Float32Array(0);
  speed = new Float32Array(0);
  course = new Float32Array(0);
  climb = new Float32Array(0);
  interval = new Float32Array(0); // s
  state = new Uint8Array(0);
  severity = new Uint8Array(0);
  glyph = new Uint8Array(0);
  hasFix = new Uint8Array(0);
  /** Slots whose track begins anew: their trail must not be joined to what was there. */
  fresh: number[] = [];
  identities: (Identity | undefined)[] = [];
  /** How many of them are traffic of others near one's own, without a name: none of those is found by an id. */
  anonymous = 0;
  private slots = new Map<string, number>();
  /** The tiles the server tells about; null before the first view. */
  private tiles: TileRange | null = null;
  private keep = "";

  constructor() {
    this.grow(1024);
  }

  slotOf(aircraft: string): number | undefined {
    return this.slots.get(aircraft);
  }

  identity(aircraft: string): Identity | undefined {
    const slot = this.slots.get(aircraft);
    return slot === undefined ? undefined : this.identities[slot];
  }

  /** Whether the slot is traffic without a name; asked for each aircraft of each frame. */
  unnamed(slot: number): boolean {
    return this.glyph[slot] === ANONYMOUS;
  }

  /** Aircraft with a name. */
  get size(): number {
    return this.slots.size;
  }

  setIdentity(told: Identity): void {
    const { slot } = told;
    // No aircraft's id has a space: it is nobody's name and cannot be selected.
    const identity = told.anonymous ? { ...told, aircraft_id: `anonymous ${slot}` } : told;
    const id = identity.aircraft_id;
    if (!Number.isInteger(slot) || slot < 0 || slot >= MAX_SLOTS) return;
    if (slot >= this.capacity) this.grow(slot + 1);
    const holder = this.identities[slot];
    if (holder && holder.aircraft_id !== id) this.remove(slot);
    const old = this.slots.get(id);
    if (old !== undefined && old !== slot) this.remove(old);
    if (identity.anonymous && !holder?.anonymous) this.anonymous++;
    this.identities[slot] = identity;
    if (!identity.anonymous) this.slots.set(id, slot);
    this.glyph[slot] = glyphOf(identity);
    this.interval[slot] = identity.interval_ms ? identity.interval_ms / 1000 : DEFAULT_INTERVAL_S;
    this.used = Math.max(this.used, slot + 1);
    this.version++;
  }

  remove(slot: number): void {
    const holder = this.identities[slot];
    if (!holder) return;
    if (holder.anonymous) this.anonymous--;
    else this.slots.delete(holder.aircraft_id);
    this.identities[slot] = undefined;
    this.forget(slot);
    this.version++;
  }

  /** Replaces everything known by a snapshot; aircraft it does not name are gone. */
  replace(identities: Identity[]): void {
    const key = (i: Identity): string => `${i.slot} ${i.anonymous ? "" : i.aircraft_id}`;
    const kept = new Set(identities.map(key));
    for (let s = 0; s < this.used; s++) {
      const holder = this.identities[s];
      if (holder && !kept.has(key(holder))) this.remove(s);
    }
    for (const identity of identities) this.setIdentity(identity);
  }

  /**
   * Takes a decoded frame at `now` (our monotonic clock, ms). `made` is when it was made, on the same clock, give or
   * take what the path always takes: a frame that waited in a queue is older than it looks.
   */
  apply(f: Frame, now: number, made = now): void {
    for (let i = 0; i < f.count; i++) {
      const slot = f.slot[i] ?? 0;
      if (slot >= this.used || !this.identities[slot]) {
        this.unknownSlots++;
        continue;
      }
      const longitude = (f.longitude[i] ?? 0) / 1e7;
      const latitude = (f.latitude[i] ?? 0) / 1e7;
      const sine = Math.sin((latitude * Math.PI) / 180);
      const x = mercatorX(longitude);
      const y = mercatorYOfSine(sine);
      const severity = f.severity?.[i] ?? 0;
      if (severity === 0 && this.outside(slot, x, y)) {
        this.forget(slot); // nothing more will be said of it until it comes back
        continue;
      }
      const rawAge = f.age?.[i] ?? 0;
      const reportedAt = made - (rawAge === ABSENT_U16 ? 0 : rawAge * 100);
      // Frames may overtake each other: the age says which report is newer.
      if (this.hasFix[slot] && reportedAt < (this.reportedAt[slot] ?? 0) - 1000) continue;
      const speed = f.speed && f.speed[i] !== ABSENT_U16 ? (f.speed[i] ?? 0) / 100 : NaN;
      const course = f.course && f.course[i] !== ABSENT_U16 ? (f.course[i] ?? 0) / 100 : NaN;
      const climb = f.climb && f.climb[i] !== ABSENT_I16 ? (f.climb[i] ?? 0) / 100 : NaN;
      this.hae[slot] = f.hae ? heightMetres(f.hae[i] ?? ABSENT_U16) : NaN;
      this.agl[slot] = f.agl ? heightMetres(f.agl[i] ?? ABSENT_U16) : NaN;
      this.speed[slot] = speed;
      this.climb[slot] = climb;
      if (f.state) this.state[slot] = f.state[i] ?? 0;
      if (f.severity) this.severity[slot] = severity;
      this.place(slot, x, y, perMetreOfSine(sine), speed, course, reportedAt, now);
    }
    this.version++;
  }

  private place(
    slot: number, x: number, y: number, scale: number, speed: number, course: number, reportedAt: number, now: number,
  ): void {
    const gap = reportedAt - (this.reportedAt[slot] ?? 0);
    // The same report again (its age only grows): keep the place and the glide.
    if (this.hasFix[slot] && x === this.x[slot] && y === this.y[slot] && gap < 250 && !(course !== this.course[slot])) return;
    if (!this.hasFix[slot] || gap > 30_000) {
      this.ex[slot] = this.ey[slot] = 0;
      this.begin(slot);
    } else {
      const t = this.age(slot, now);
      const glide = Math.min(t, GLIDE_S);
      const blend = Math.max(0, 1 - t / BLEND_S);
      this.ex[slot] = this.x[slot]! + this.vx[slot]! * glide + this.ex[slot]! * blend - x;
      this.ey[slot] = this.y[slot]! + this.vy[slot]! * glide + this.ey[slot]! * blend - y;
    }
    const moving = speed > 0 && course === course;
    const perSecond = moving ? speed * scale : 0;
    const turn = moving ? Math.round(course * 100) % 36_000 : 0;
    this.x[slot] = x;
    this.y[slot] = y;
    this.vx[slot] = perSecond * SINE[turn]!;
    this.vy[slot] = -perSecond * SINE[turn + 9_000]!;
    if (course === course) this.course[slot] = course;
    this.reportedAt[slot] = reportedAt;
    this.hasFix[slot] = 1;
  }

  /** Seconds since the last report. */
  age(slot: number, now: number): number {
    return Math.max(0, (now - (this.reportedAt[slot] ?? 0)) / 1000);
  }

  /** Where the aircraft is drawn now, Mercator; the vertex shader does the same. */
  drawnX(slot: number, now: number): number {
    const t = this.age(slot, now);
    return (this.x[slot] ?? 0) + (this.vx[slot] ?? 0) * Math.min(t, GLIDE_S) + (this.ex[slot] ?? 0) * Math.max(0, 1 - t / BLEND_S);
  }

  drawnY(slot: number, now: number): number {
    const t = this.age(slot, now);
    return (this.y[slot] ?? 0) + (this.vy[slot] ?? 0) * Math.min(t, GLIDE_S) + (this.ey[slot] ?? 0) * Math.max(0, 1 - t / BLEND_S);
  }

  /** No report for more than twice its interval and the slack while the picture was current, or known to be out of contact. */
  stale(slot: number, now: number): boolean {
    const s = this.state[slot];
    return s === TrackState.lost || s === TrackState.offline || this.age(slot, now) - this.lag > 2 * (this.interval[slot] ?? DEFAULT_INTERVAL_S) + STALE_SLACK_S;
  }

  setSeverity(slot: number, s: Severity): void {
    const rank = severityRank(s);
    if (this.severity[slot] === rank) return;
    this.severity[slot] = rank;
    this.version++;
  }

  private outside(slot: number, x: number, y: number): boolean {
    return this.tiles !== null && !inTiles(this.tiles, x, y) && this.identities[slot]?.aircraft_id !== this.keep;
  }

  /**
   * Forgets the places of aircraft outside the tiles of the newest view: the server tells nothing about them any more,
   * and they would be ghosts when the view returns. Alerting aircraft are always told.
   */
  watchOnly(box: ViewBox, tileZoom: number, keep: string): void {
    this.tiles = tilesOf(box, tileZoom);
    this.keep = keep;
    for (let s = 0; s < this.used; s++) {
      if (this.hasFix[s] && !this.severity[s] && this.outside(s, this.x[s] ?? 0, this.y[s] ?? 0)) this.forget(s);
    }
    this.version++;
  }

  position(slot: number): { longitude: number; latitude: number } {
    return { longitude: longitudeOf(this.x[slot] ?? 0), latitude: latitudeOf(this.y[slot] ?? 0) };
  }

  private forget(slot: number): void {
    this.hasFix[slot] = 0;
    this.severity[slot] = 0;
    this.state[slot] = 0;
    this.begin(slot);
  }

  // Without a map nobody takes these: then they need not pile up, since every trail begins with the map.
  private begin(slot: number): void {
    if (this.fresh.length < 4 * this.capacity) this.fresh.push(slot);
  }

  private grow(needed: number): void {
    let n = Math.max(1024, this.capacity);
    while (n < needed) n *= 2;
    const wider = <T extends Float64Array | Float32Array | Uint8Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    const old = this.capacity;
    this.x = wider(this.x, new Float64Array(n));
    this.y = wider(this.y, new Float64Array(n));
    this.reportedAt = wider(this.reportedAt, new Float64Array(n));
    this.vx = wider(this.vx, new Float32Array(n));
    this.vy = wider(this.vy, new Float32Array(n));
    this.ex = wider(this.ex, new Float32Array(n));
    this.ey = wider(this.ey, new Float32Array(n));
    this.agl = wider(this.agl, new Float32Array(n));
    this.hae = wider(this.hae, new Float32Array(n));
    this.speed = wider(this.speed, new Float32Array(n));
    this.course = wider(this.course, new Float32Array(n));
    this.climb = wider(this.climb, new Float32Array(n));
    this.interval = wider(this.interval, new Float32Array(n));
    this.state = wider(this.state, new Uint8Array(n));
    this.severity = wider(this.severity, new Uint8Array(n));
    this.glyph = wider(this.glyph, new Uint8Array(n));
    this.hasFix = wider(this.hasFix, new Uint8Array(n));
    for (const a of [this.agl, this.hae, this.speed, this.course, this.climb]) a.fill(NaN, old);
    this.capacity = n;
  }
}
