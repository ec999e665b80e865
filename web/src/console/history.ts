// The stored track of an aircraft that somebody selects, read once, so that its trail and height profile do not begin
// with the page.

import { fetchHistory, type HistoryPoint } from "../api";
import { STEPS, STEP_MS, type PastSample } from "../layers/trail-ring";
import { mercatorX, mercatorY } from "../map/mercator";
import type { Desk } from "./desk";

const SPAN_MS = STEPS * STEP_MS;

/** Reads the last five minutes of each newly selected aircraft. Without an answer the trail goes on as it is. */
export function keepHistory(desk: Desk): () => void {
  let readFor = new Set<string>();
  const look = (): void => {
    const map = desk.map.get();
    const id = desk.world.selected.get();
    if (!map || !id || readFor.has(id)) return;
    readFor.add(id);
    const server = desk.world.liveness.pictureAt || Date.now();
    fetchHistory(id, server - SPAN_MS, server + 1000).then(
      ({ points, to }) => {
        const slot = desk.world.tracks.slotOf(id);
        if (slot === undefined || desk.map.get() !== map) return;
        map.ring.prefill(slot, samples(points, Math.min(to, Math.max(server, newest(points)))), performance.now());
        map.repaint();
      },
      () => readFor.delete(id),
    );
  };
  const anew = (): void => {
    readFor = new Set(); // another map has a ring of its own
    look();
  };
  const undo = [desk.world.selected.subscribe(look), desk.map.subscribe(anew)];
  look();
  return () => undo.forEach((u) => u());
}

/** Stored reports as samples of the ring, oldest first; those without a place are left out. `to` is the server's now. */
export function samples(points: readonly HistoryPoint[], to: number): PastSample[] {
  return points
    .flatMap((p) => {
      if (!p.position) return [];
      const { longitude_deg, latitude_deg, height_agl_m, height_takeoff_m } = p.position;
      return [{ x: mercatorX(longitude_deg), y: mercatorY(latitude_deg), agl: height_agl_m ?? height_takeoff_m ?? NaN, ageMs: to - instant(p) }];
    })
    .filter((s) => Number.isFinite(s.ageMs))
    .sort((a, b) => b.ageMs - a.ageMs);
}

function instant(p: HistoryPoint): number {
  return Date.parse(p.observed_at ?? p.measured_at ?? p.received_at);
}

function newest(points: readonly HistoryPoint[]): number {
  return points.reduce((most, p) => Math.max(most, instant(p) || 0), 0);
}
