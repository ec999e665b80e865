import { screenX, screenY } from "./mercator";
import { drawnAt } from "../picture/traffic";
import type { MapContext } from "./context";

const REACH_PX = 14;

/**
 * The slot of the aircraft nearest to a point of the screen within reach, or -1. Alerting ones win a tie: they are
 * drawn on top. A plain scan: ten thousand cost well under a millisecond.
 */
export function pick(context: MapContext, px: number, py: number): number {
  const camera = context.camera();
  const { tracks } = context.world;
  const now = context.now();
  let best = -1;
  let least = REACH_PX * REACH_PX;
  for (let s = 0; s < tracks.used; s++) {
    if (!tracks.hasFix[s] || tracks.unnamed(s) || !context.shown(s)) continue;
    const dx = screenX(camera, tracks.x[s]!) - px;
    if (dx > 40 || dx < -40) continue;
    const ex = screenX(camera, tracks.drawnX(s, now)) - px;
    const ey = screenY(camera, tracks.drawnY(s, now)) - py;
    const d = (ex * ex + ey * ey) / (tracks.severity[s] ? 2 : 1);
    if (d < least) {
      least = d;
      best = s;
    }
  }
  return best;
}

/** The crewed target nearest to a point of the screen within reach, "" for none. */
export function pickTraffic(context: MapContext, px: number, py: number): string {
  const targets = context.world.traffic.get();
  if (targets.size === 0) return "";
  const camera = context.camera();
  const now = context.now();
  let best = "";
  let least = 18 * 18;
  for (const t of targets.values()) {
    const [x, y] = drawnAt(t, now);
    const d = (screenX(camera, x) - px) ** 2 + (screenY(camera, y) - py) ** 2;
    if (d < least) [least, best] = [d, t.id];
  }
  return best;
}
