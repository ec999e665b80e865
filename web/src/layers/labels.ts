// Labels on a 2D canvas over the map, in the order of the design: alerting (two lines, leader, never hidden) >
// selected > hovered > hot zone > other zones > ordinary > places. Placed at most once a second, drawn with each frame
// at the offset they hold.

import { serverNow } from "../clock";
import type { MapContext } from "../map/context";
import { mercatorX, mercatorY, screenX, screenY, type Camera } from "../map/mercator";
import { activeAt } from "../picture/applicability";
import { zoneLimits } from "../picture/limits";
import { membersOf } from "../picture/pairs";
import type { Region } from "../picture/regions";
import { drawnAt, isStale } from "../picture/traffic";
import type { Alert } from "../vocabulary";
import { alertObject } from "../words";
import type { GraticuleLayer } from "./graticule";
import { blindAreas } from "./blind";
import { drawAlert, drawGraticule, drawOrdinary, drawPlace, drawTraffic, drawZone, measureLabel, type Pen } from "./label-pens";
import { aircraftName, alertLines, blindLines, blindMark, placeName, trafficHeight, trafficName, unnamedLabel, zoneMark, zoneName, zoneTimes } from "./label-text";
import { Room, around, candidates, type Box } from "./placement";
import { breached } from "./zones";

const PLACE_MS = 1000;
/** While zooming, labels are placed anew after this much: offsets hold only at one scale. */
const ZOOM_STEP = 0.15;
const MAX_ORDINARY = 220;
const MAX_ZONES = 80;
const MIN_ZONE_PX = 6;
/** Glyphs that labels keep clear of; with more aircraft than MAX_VISIBLE on screen ordinary labels are left out. */
const MAX_GLYPHS = 1000;
const MAX_VISIBLE = 2500;
/** Below this zoom only a few aircraft are named. */
const ORDINARY_ZOOM = 8.6;
const FEW = 150;

/** A label that found room: what to draw and where from its anchor. */
export interface Placed {
  kind: "alert" | "selected" | "ordinary" | "traffic" | "zone" | "place";
  key: string;
  /** Aircraft slot the anchor follows, or -1 with a fixed Mercator anchor. */
  slot: number;
  x: number;
  y: number;
  dx: number;
  dy: number;
  width: number;
  height: number;
  alert?: Alert;
  /** The crewed target that the anchor follows. */
  target?: string;
  zone?: string;
  hot?: boolean;
  /** The zone does not apply now. */
  off?: boolean;
  temporary?: boolean;
  /** CSS pixels from the anchor to the rim, where a leader begins. */
  reach?: number;
  lines: string[];
}

export class LabelsLayer {
  private readonly pen: Pen;
  private placed: Placed[] = [];
  private before = new Map<string, number>();
  private placedAt = 0;
  private placedZoom = 0;
  private drawn = "";
  private wanted = true;

  constructor(
    private readonly context: MapContext,
    private readonly canvas: HTMLCanvasElement,
    private readonly graticule: GraticuleLayer,
    private region: Region,
    /** Boxes of panels over the map, in its CSS pixels: no label may lie under them. */
    private readonly panels: () => Box[],
  ) {
    this.pen = canvas.getContext("2d")!;
  }

  setRegion(region: Region): void {
    this.region = region;
    this.wanted = true;
  }

  /** The camera came to rest or something must be labelled at once. */
  invalidate(): void {
    this.wanted = true;
  }

  /** The alert, aircraft or zone whose label is under a point, if any. */
  hit(x: number, y: number, camera: Camera): Placed | undefined {
    const now = this.context.now();
    return this.placed.find((p) => {
      if (p.kind === "place" || p.zone === "blind" || (p.slot >= 0 && this.context.world.tracks.unnamed(p.slot))) return false;
      const [ax, ay] = this.anchor(p, camera, now);
      return x >= ax + p.dx && x <= ax + p.dx + p.width && y >= ay + p.dy && y <= ay + p.dy + p.height;
    });
  }

  draw(camera: Camera, dpr: number): void {
    const now = this.context.now();
    if (this.wanted || now - this.placedAt >= PLACE_MS || Math.abs(camera.zoom - this.placedZoom) > ZOOM_STEP) this.place(camera, now);
    const { canvas, pen } = this;
    // A canvas that is drawn anew is uploaded as a whole: not for the same picture again.
    const picture = this.still(camera, dpr);
    if (picture !== "" && picture === this.drawn) return;
    this.drawn = picture;
    const [w, h] = [Math.round(camera.width * dpr), Math.round(camera.height * dpr)];
    if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
    pen.setTransform(dpr, 0, 0, dpr, 0, 0);
    pen.clearRect(0, 0, camera.width, camera.height);
    drawGraticule(pen, camera, this.graticule, this.panels());
    for (let i = this.placed.length - 1; i >= 0; i--) {
      const p = this.placed[i]!;
      const [x, y] = this.anchor(p, camera, now);
      if (x < -400 || y < -200 || x > camera.width + 400 || y > camera.height + 200) continue;
      if (p.kind === "place") drawPlace(pen, p, x, y);
      else if (p.kind === "zone") drawZone(pen, p, x, y);
      else if (p.kind === "alert") drawAlert(pen, p, x, y);
      else if (p.kind === "traffic") drawTraffic(pen, p, x, y);
      else drawOrdinary(pen, this.context, p, x, y, now);
    }
  }

  /** What the canvas shows, as a key; empty while a label follows an aircraft. */
  private still(camera: Camera, dpr: number): string {
    if (this.placed.some((p) => p.slot >= 0 || p.target)) return "";
    const view = [camera.x, camera.y, camera.scale, camera.width, camera.height, dpr].join();
    return `${view} ${this.panels().map((b) => [b.x, b.y, b.width, b.height]).join()} ${this.placed.map((p) => [p.key, p.dx, p.dy, p.hot, p.off, ...p.lines]).join()}`;
  }

  private anchor(p: Placed, camera: Camera, now: number): [number, number] {
    const target = p.target && this.context.world.traffic.get().get(p.target);
    if (target) {
      const [x, y] = drawnAt(target, now);
      return [screenX(camera, x), screenY(camera, y)];
    }
    if (p.slot < 0) return [screenX(camera, p.x), screenY(camera, p.y)];
    const t = this.context.world.tracks;
    return [screenX(camera, t.drawnX(p.slot, now)), screenY(camera, t.drawnY(p.slot, now))];
  }

  private place(camera: Camera, now: number): void {
    this.placedAt = now;
    this.placedZoom = camera.zoom;
    this.wanted = false;
    const room = new Room(camera.width, camera.height);
    const soft = new Room(camera.width, camera.height);
    for (const b of this.panels()) {
      room.take(b);
      soft.take(b);
    }
    const visible = this.visibleAircraft(camera, soft);
    const placed: Placed[] = [];
    const chosen = new Map<string, number>();
    const put = (p: Omit<Placed, "dx" | "dy">, offsets: [number, number][], must: boolean): boolean => {
      const [x, y] = this.anchor({ ...p, dx: 0, dy: 0 }, camera, now);
      const before = this.before.get(p.key) ?? -1;
      // Best where it covers neither aircraft nor a zone in trouble; a label that must be seen may cover those.
      let i = soft.place(x, y, p.width, p.height, offsets, before);
      if (i < 0 && must) i = room.place(x, y, p.width, p.height, offsets, before);
      if (i < 0 && !must) return false;
      if (i < 0) i = room.leastCovered(x, y, p.width, p.height, offsets);
      const [dx, dy] = offsets[i]!;
      const box = { x: x + dx, y: y + dy, width: p.width, height: p.height };
      room.take(box);
      soft.take(box);
      chosen.set(p.key, i);
      placed.push({ ...p, dx, dy });
      return true;
    };
    const done = this.placeAlerts(camera, room, soft, put, now);
    this.placeTraffic(camera, put, now);
    this.placeSelected(put, done);
    this.placeBlind(put);
    this.placeZones(camera, put);
    this.placeOrdinary(camera, visible, put, done);
    this.placePlaces(camera, put);
    this.placed = placed;
    this.before = chosen;
  }

  private placeAlerts(camera: Camera, room: Room, soft: Room, put: Put, now: number): Set<number> {
    const { tracks, alerts } = this.context.world;
    const done = new Set<number>();
    const list: [Alert, number][] = [];
    for (const a of alerts.get().active) {
      const slots = membersOf(a).flatMap((m) => (m.kind === "aircraft" ? (tracks.slotOf(m.id) ?? []) : []));
      const slot = slots.find((s) => !done.has(s) && tracks.hasFix[s]);
      if (slot === undefined) continue;
      const x = screenX(camera, tracks.drawnX(slot, now));
      const y = screenY(camera, tracks.drawnY(slot, now));
      if (x < -20 || y < -20 || x > camera.width + 20 || y > camera.height + 20) continue;
      done.add(slot);
      list.push([a, slot]);
      room.take({ x: x - 13, y: y - 13, width: 26, height: 26 });
    }
    const zones = this.context.world.zones.get();
    for (const id of breached(this.context)) {
      const z = zones.get(id);
      if (!z) continue;
      const [x, y] = [screenX(camera, mercatorX(z.centre[0])), screenY(camera, mercatorY(z.centre[1]))];
      const half = Math.min(60, Math.max(8, screenX(camera, mercatorX(z.centre[0] + z.half[0])) - x));
      soft.take({ x: x - half, y: y - half, width: 2 * half, height: 2 * half });
    }
    for (const [alert, slot] of list.slice(0, 60)) {
      const { name, hazard, figures } = alertLines(alert, alert.object.kind === "pair" ? alertObject(alert) : aircraftName(this.context.world, slot));
      const lines = [name, hazard, figures];
      const { width, height } = measureLabel(this.pen, "alert", lines);
      const offsets = [...candidates(width, height, 38), ...[70, 110, 160, 230, 320].flatMap((gap) => around(width, height, gap))];
      put({ kind: "alert", key: `alert ${alert.id}`, slot, x: 0, y: 0, width, height, alert, lines }, offsets, true);
    }
    return done;
  }

  // The few that carry people are always named.
  private placeTraffic(camera: Camera, put: Put, now: number): void {
    for (const t of this.context.world.traffic.get().values()) {
      const [mx, my] = drawnAt(t, now);
      const [x, y] = [screenX(camera, mx), screenY(camera, my)];
      if (x < 0 || y < 0 || x > camera.width || y > camera.height) continue;
      const lines = [trafficName(t.id), trafficHeight(t, this.context.stopped() || isStale(t, now), now)];
      const { width, height } = measureLabel(this.pen, "traffic", lines);
      put({ kind: "traffic", key: `traffic ${t.id}`, slot: -1, target: t.id, x: mx, y: my, width, height, lines }, candidates(width, height, 22), true);
    }
  }

  private placeSelected(put: Put, done: Set<number>): void {
    const { world, hovered } = this.context;
    for (const id of [world.selected.get(), hovered]) {
      const slot = world.tracks.slotOf(id);
      if (slot === undefined || done.has(slot) || !world.tracks.hasFix[slot]) continue;
      done.add(slot);
      const lines = [aircraftName(world, slot)];
      const { width, height } = measureLabel(this.pen, "ordinary", lines);
      put({ kind: "selected", key: `aircraft ${id}`, slot, x: 0, y: 0, width, height, lines }, candidates(width, height, 20), true);
    }
  }

  private placeBlind(put: Put): void {
    for (const a of blindAreas(this.context.world)) {
      const xs = a.ring.map((p) => p[0]);
      const ys = a.ring.map((p) => p[1]);
      const lines = [blindMark(), ...blindLines(a.source, a.aircraft, a.downMs)];
      const { width, height } = measureLabel(this.pen, "zone", lines);
      const offsets: [number, number][] = [[-width / 2, -height - 6], [-width / 2, 6], [12, -height / 2], ...[20, 60, 110].flatMap((gap) => around(width, height, gap))];
      put({ kind: "zone", key: `blind ${a.source}`, slot: -1, x: (Math.min(...xs) + Math.max(...xs)) / 2, y: Math.min(...ys), width, height, zone: "blind", lines }, offsets, true);
    }
  }

  private placeZones(camera: Camera, put: Put): void {
    const hot = breached(this.context);
    const zones = [...this.context.world.zones.get().values()].filter((z) => z.restriction !== "no_restriction");
    const visible = zones.flatMap((z) => {
      const [west, south, east, north] = z.box;
      const [left, right] = [screenX(camera, mercatorX(west)), screenX(camera, mercatorX(east))];
      const [top, bottom] = [screenY(camera, mercatorY(north)), screenY(camera, mercatorY(south))];
      if (right < 0 || bottom < 0 || left > camera.width || top > camera.height) return [];
      const [x0, x1] = [screenX(camera, mercatorX(z.centre[0] - z.half[0])), screenX(camera, mercatorX(z.centre[0] + z.half[0]))];
      const [y0, y1] = [screenY(camera, mercatorY(z.centre[1] + z.half[1])), screenY(camera, mercatorY(z.centre[1] - z.half[1]))];
      const tiny = Math.max(right - left, bottom - top) < MIN_ZONE_PX;
      return [{ z, tiny, hot: hot.has(z.id), hw: (x1 - x0) / 2, hh: (y1 - y0) / 2 }];
    });
    const clock = serverNow();
    const picked = this.context.world.selectedZone.get();
    const listed = visible.map((v) => ({ ...v, idle: !activeAt(v.z.periods, clock), picked: v.z.id === picked }));
    listed.sort((a, b) => Number(b.hot) - Number(a.hot) || Number(b.picked) - Number(a.picked) || Number(a.idle) - Number(b.idle) || b.hw - a.hw);
    for (const { z, tiny, hot: isHot, idle, hw, hh } of listed.slice(0, MAX_ZONES)) {
      if (!isHot && tiny) continue;
      const off = !isHot && idle;
      const lines = [zoneMark(z), zoneName(z), [zoneLimits(z), zoneTimes(z, clock)].filter(Boolean).join(" · ")];
      const { width, height } = measureLabel(this.pen, "zone", lines);
      const [ex, ey] = [Math.min(hw, 240) + 8, Math.min(hh, 200) + 6];
      const offsets: [number, number][] = [
        [ex * 0.9, -ey * 0.7], [-width / 2, ey], [-width / 2, -height - ey], [-width - ex, -height / 2],
        [ex, 0], [-width - ex * 0.9, -ey * 0.7], [-width / 2, -height / 2],
      ];
      // The name of a zone in trouble is never hidden: it may go further away to find room.
      if (isHot) for (const gap of [14, 30, 60, 100, 150, 220, 300]) offsets.push(...around(width, height, Math.min(hw, 240) + gap));
      put({ kind: "zone", key: `zone ${z.id}`, slot: -1, x: mercatorX(z.centre[0]), y: mercatorY(z.centre[1]), width, height,
        zone: z.restriction, hot: isHot, off, temporary: z.temporary, reach: Math.min(hw, hh), lines }, offsets, isHot);
    }
  }

  // Text over a neighbour's glyph would hide it; beyond a thousand there is no room for words anyway.
  private visibleAircraft(camera: Camera, soft: Room): number[] {
    const { tracks } = this.context.world;
    const visible: number[] = [];
    for (let s = 0; s < tracks.used; s++) {
      if (!tracks.hasFix[s] || !this.context.shown(s)) continue;
      const x = screenX(camera, tracks.x[s]!);
      const y = screenY(camera, tracks.y[s]!);
      if (x < 0 || y < 0 || x > camera.width || y > camera.height) continue;
      visible.push(s);
      if (visible.length > MAX_VISIBLE) return visible;
    }
    for (const s of visible.slice(0, MAX_GLYPHS)) {
      soft.take({ x: screenX(camera, tracks.x[s]!) - 7, y: screenY(camera, tracks.y[s]!) - 7, width: 14, height: 14 });
    }
    return visible;
  }

  private placeOrdinary(camera: Camera, visible: number[], put: Put, done: Set<number>): void {
    if (visible.length > (camera.zoom < ORDINARY_ZOOM ? FEW : MAX_VISIBLE)) return;
    const { tracks } = this.context.world;
    let placed = 0;
    for (const slot of visible) {
      if (placed >= MAX_ORDINARY) break;
      if (done.has(slot)) continue;
      const lines = [tracks.unnamed(slot) ? unnamedLabel(tracks.state[slot] ?? 0) : aircraftName(this.context.world, slot)];
      const { width, height } = measureLabel(this.pen, "ordinary", lines);
      const id = tracks.identities[slot]?.aircraft_id ?? "";
      if (put({ kind: "ordinary", key: `aircraft ${id}`, slot, x: 0, y: 0, width, height, lines }, candidates(width, height, 14), false)) placed++;
    }
  }

  private placePlaces(camera: Camera, put: Put): void {
    const seats = this.region.jurisdictions.flatMap((j) => (j.seat && (j.level ?? 1) > 0 ? [{ name: j.name, ...j.seat, kind: "seat" }] : []));
    const rivers = this.region.lines.flatMap((l) => {
      const [longitude_deg, latitude_deg] = l.points[Math.floor(l.points.length / 2)] ?? [];
      return longitude_deg === undefined || latitude_deg === undefined ? [] : [{ name: l.name, kind: l.kind, longitude_deg, latitude_deg }];
    });
    for (const p of [...seats, ...rivers, ...(camera.zoom > 9.3 ? this.region.places : [])]) {
      const lines = [placeName(p.name), p.kind ?? ""];
      const { width, height } = measureLabel(this.pen, "place", lines);
      put({ kind: "place", key: `place ${p.kind} ${p.name.zh}`, slot: -1, x: mercatorX(p.longitude_deg), y: mercatorY(p.latitude_deg),
        width, height, lines }, candidates(width, height, 7), false);
    }
  }
}

type Put = (p: Omit<Placed, "dx" | "dy">, offsets: [number, number][], must: boolean) => boolean;
