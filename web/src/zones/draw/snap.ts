import type { Camera } from "../../map/mercator";
import { latitudeOf, longitudeOf, mercatorX, mercatorY, screenX, screenY } from "../../map/mercator";
import { positions, volumesOf, type Feature } from "../feature";
import type { Place } from "../shape";

/** Vertices of neighbouring zones, kept in Mercator so that a move of the pointer is one plain scan. */
export class SnapPoints {
  private xs = new Float64Array(0);
  private ys = new Float64Array(0);
  private places: Place[] = [];

  fill(features: Iterable<Feature>, without: string): void {
    const places: Place[] = [];
    for (const f of features) if (f.properties.id !== without) for (const v of volumesOf(f)) if (v.geometry.type !== "Point") places.push(...positions(v.geometry));
    this.places = places;
    this.xs = Float64Array.from(places, (p) => mercatorX(p[0]));
    this.ys = Float64Array.from(places, (p) => mercatorY(p[1]));
  }

  get count(): number {
    return this.places.length;
  }

  /** The vertex nearest to a point of the screen within `reach` pixels. */
  near(camera: Camera, px: number, py: number, reach = 10): Place | undefined {
    const x = (px - camera.width / 2) / camera.scale + camera.x;
    const y = (py - camera.height / 2) / camera.scale + camera.y;
    let least = (reach / camera.scale) ** 2;
    let best = -1;
    for (let i = 0; i < this.xs.length; i++) {
      const [dx, dy] = [this.xs[i]! - x, this.ys[i]! - y];
      const d = dx * dx + dy * dy;
      if (d <= least) {
        least = d;
        best = i;
      }
    }
    return best < 0 ? undefined : this.places[best];
  }
}

/** The place under a point of the screen. */
export function placeAt(camera: Camera, px: number, py: number): Place {
  return [longitudeOf((px - camera.width / 2) / camera.scale + camera.x), latitudeOf((py - camera.height / 2) / camera.scale + camera.y)];
}

/** The index of the place nearest to a point of the screen within `reach` pixels, or -1. */
export function nearest(camera: Camera, places: readonly Place[], px: number, py: number, reach: number): number {
  let least = reach * reach;
  let best = -1;
  places.forEach((p, i) => {
    const [dx, dy] = [screenX(camera, mercatorX(p[0])) - px, screenY(camera, mercatorY(p[1])) - py];
    if (dx * dx + dy * dy <= least) {
      least = dx * dx + dy * dy;
      best = i;
    }
  });
  return best;
}
