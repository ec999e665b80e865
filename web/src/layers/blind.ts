// Where the picture is blind: round the last known places of aircraft behind a gateway that is down, hatched and dashed
// in grey. They are not lost; nobody hears them.

import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { serverNow } from "../clock";
import type { MapContext } from "../map/context";
import { COLOUR } from "../map/palette";
import { latitudeOf, longitudeOf, perMetre } from "../map/mercator";
import type { World } from "../picture/world";
import { TEXTURE_RATIO, hatch } from "./textures";

const SOURCE = "blind";
const LAYERS = ["blind-hatch", "blind-edge"];
const MARGIN_M = 2500;

export interface BlindArea {
  source: string;
  aircraft: number;
  /** How long the gateway has been down, ms; undefined where no alert says. */
  downMs: number | undefined;
  /** Closed ring, Mercator. */
  ring: [number, number][];
}

/** The areas behind gateways that are down now, those without any known place left out. */
export function blindAreas(world: World): BlindArea[] {
  const { tracks } = world;
  const areas: BlindArea[] = [];
  for (const s of world.sources.get().values()) {
    if (!s.down || s.id.startsWith("direct:")) continue;
    const points: [number, number][] = [];
    let aircraft = 0;
    for (let slot = 0; slot < tracks.used; slot++) {
      if (tracks.identities[slot]?.source_id !== s.id || !tracks.hasFix[slot]) continue;
      aircraft++;
      const [x, y] = [tracks.x[slot]!, tracks.y[slot]!];
      const r = MARGIN_M * perMetre(latitudeOf(y));
      for (let k = 0; k < 8; k++) points.push([x + r * Math.cos((k * Math.PI) / 4), y + r * Math.sin((k * Math.PI) / 4)]);
    }
    if (aircraft === 0) continue;
    const alert = world.alerts.get().active.find((a) => a.hazard === "source_down" && a.object.id === s.id);
    areas.push({ source: s.id, aircraft, downMs: alert && serverNow() - Date.parse(alert.raised_at), ring: hull(points) });
  }
  return areas;
}

/** The convex hull as a closed ring (Andrew's monotone chain). */
export function hull(points: [number, number][]): [number, number][] {
  const p = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const turn = (o: [number, number], a: [number, number], b: [number, number]): number => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (list: [number, number][]): [number, number][] => {
    const out: [number, number][] = [];
    for (const q of list) {
      while (out.length > 1 && turn(out[out.length - 2]!, out[out.length - 1]!, q) <= 0) out.pop();
      out.push(q);
    }
    return out.slice(0, -1);
  };
  const ring = [...half(p), ...half(p.reverse())];
  return ring.length > 0 ? [...ring, ring[0]!] : [];
}

export class BlindLayer {
  private shown = "";

  constructor(private readonly context: MapContext) {}

  add(map: MapLibre): void {
    map.addImage("blind", hatch(COLOUR.stale, 0.5), { pixelRatio: TEXTURE_RATIO });
    map.addSource(SOURCE, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    map.addLayer({ id: "blind-hatch", type: "fill", source: SOURCE, paint: { "fill-pattern": "blind", "fill-opacity": 0.6 } });
    map.addLayer({ id: "blind-edge", type: "line", source: SOURCE, paint: { "line-color": COLOUR.stale, "line-width": 1, "line-dasharray": [5, 4] } });
    this.shown = "";
    this.update(map);
  }

  update(map: MapLibre): void {
    const areas = blindAreas(this.context.world);
    const key = areas.map((a) => `${a.source} ${a.aircraft} ${a.ring.length}`).join();
    if (key === this.shown) return;
    this.shown = key;
    map.getSource<GeoJSONSource>(SOURCE)?.setData({
      type: "FeatureCollection",
      features: areas.map((a) => ({
        type: "Feature", properties: { source: a.source },
        geometry: { type: "Polygon", coordinates: [a.ring.map(([x, y]) => [longitudeOf(x), latitudeOf(y)])] },
      })),
    });
  }

  remove(map: MapLibre): void {
    for (const id of LAYERS) if (map.getLayer(id)) map.removeLayer(id);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
    if (map.hasImage("blind")) map.removeImage("blind");
  }
}
