// Zones: line and texture per restriction, so that colour is never alone; a temporary one has a railway line, a buffer a
// fine dashed edge in true metres. A zone being breached gets a white edge and a red tint, the one whose card is open a
// wider edge, one that does not apply now is dimmed: all through feature state, without touching the source.

import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { serverNow } from "../clock";
import type { MapContext } from "../map/context";
import { perMetre } from "../map/mercator";
import { COLOUR } from "../map/palette";
import { activeAt } from "../picture/applicability";
import { bufferAreas, volumesAt, type DrawnZone } from "../picture/zones";
import { TEXTURE_RATIO, dots, hatch } from "./textures";

const SOURCE = "zones";
const HOT = ["boolean", ["feature-state", "hot"], false] as const;
const OFF = ["boolean", ["feature-state", "off"], false] as const;
const PICKED = ["boolean", ["feature-state", "picked"], false] as const;
const LAYERS = [
  "zones-buffer-tint", "zones-tint", "zones-hatch", "zones-dots", "zones-hot", "zones-buffer", "zones-prohibited", "zones-authorisation", "zones-conditional", "zones-rail", "zones-ties",
];
/** A buffer that would be narrower than this is not drawn. */
const BUFFER_PX = 4;
/** Around a click: zones smaller than a fingertip can be hit too. */
const REACH_PX = 5;
const NEARBY = [[1, 0], [-1, 0], [0, 1], [0, -1], [0.7, 0.7], [-0.7, 0.7], [0.7, -0.7], [-0.7, -0.7]] as const;

export class ZonesLayer {
  private shown: ReadonlyMap<string, DrawnZone> | null = null;
  private hot = new Set<string>();
  private off = new Set<string>();
  private picked = new Set<string>();
  private features = new WeakMap<DrawnZone, GeoJSON.Feature[]>();

  constructor(private readonly context: MapContext) {}

  add(map: MapLibre): void {
    map.addImage("hatch", hatch(COLOUR.prohibited, 0.55), { pixelRatio: TEXTURE_RATIO });
    map.addImage("dots", dots(COLOUR.authorisation, 0.75), { pixelRatio: TEXTURE_RATIO });
    map.addSource(SOURCE, { type: "geojson", data: { type: "FeatureCollection", features: [] }, promoteId: "id" });
    const kind = ["match", ["get", "restriction"], "prohibited", COLOUR.prohibited, "requires_authorisation", COLOUR.authorisation, COLOUR.conditional];
    const area = (r: string) => filter(["==", ["get", "part"], "area"], ["==", ["get", "restriction"], r]);
    const edge = (r: string) => filter(["==", ["get", "part"], "area"], ["==", ["get", "restriction"], r], ["!", ["get", "temporary"]]);
    const rail = filter(["==", ["get", "part"], "area"], ["get", "temporary"]);
    const buffer = filter(["==", ["get", "part"], "buffer"], [">=", ["zoom"], ["get", "from"]]);
    const colour = (c: unknown) => ["case", HOT, "#ffffff", c] as unknown as string;
    const width = (w: number) => ["case", PICKED, w + 1.4, HOT, 2, w] as unknown as number;
    const dim = (on: number, off: number) => ["case", HOT, on, OFF, off, on] as unknown as number;
    map.addLayer({ id: "zones-buffer-tint", type: "fill", source: SOURCE, filter: buffer, paint: { "fill-color": kind as unknown as string, "fill-opacity": dim(0.05, 0.02) } });
    map.addLayer({ id: "zones-tint", type: "fill", source: SOURCE, filter: area("conditional"), paint: { "fill-color": COLOUR.conditional, "fill-opacity": dim(0.05, 0) } });
    map.addLayer({ id: "zones-hatch", type: "fill", source: SOURCE, filter: area("prohibited"), paint: { "fill-pattern": "hatch", "fill-opacity": dim(1, 0.3) } });
    map.addLayer({ id: "zones-dots", type: "fill", source: SOURCE, filter: area("requires_authorisation"), paint: { "fill-pattern": "dots", "fill-opacity": dim(1, 0.3) } });
    map.addLayer({ id: "zones-hot", type: "fill", source: SOURCE, filter: filter(["==", ["get", "part"], "area"]),
      paint: { "fill-color": COLOUR.warning, "fill-opacity": ["case", HOT, 0.07, 0] as unknown as number } });
    map.addLayer({ id: "zones-buffer", type: "line", source: SOURCE, filter: buffer,
      paint: { "line-color": colour(kind), "line-width": 1, "line-opacity": dim(0.75, 0.3), "line-dasharray": [2, 3] } });
    map.addLayer({ id: "zones-prohibited", type: "line", source: SOURCE, filter: edge("prohibited"),
      paint: { "line-color": colour(COLOUR.prohibited), "line-width": width(1.8), "line-opacity": dim(1, 0.4) } });
    map.addLayer({ id: "zones-authorisation", type: "line", source: SOURCE, filter: edge("requires_authorisation"),
      paint: { "line-color": colour(COLOUR.authorisation), "line-width": width(1.4), "line-opacity": dim(1, 0.4) } });
    map.addLayer({ id: "zones-conditional", type: "line", source: SOURCE, filter: edge("conditional"),
      paint: { "line-color": colour(COLOUR.conditional), "line-width": width(1.4), "line-opacity": dim(1, 0.4), "line-dasharray": [7, 4] } });
    map.addLayer({ id: "zones-rail", type: "line", source: SOURCE, filter: rail,
      paint: { "line-color": colour(kind), "line-width": width(1.2), "line-opacity": dim(1, 0.4) } });
    map.addLayer({ id: "zones-ties", type: "line", source: SOURCE, filter: rail,
      paint: { "line-color": colour(kind), "line-width": 6, "line-opacity": dim(1, 0.4), "line-dasharray": [0.35, 1.1] } });
    this.shown = null;
    for (const set of [this.hot, this.off, this.picked]) set.clear();
    this.update(map);
  }

  update(map: MapLibre): void {
    const { world } = this.context;
    const zones = world.zones.get();
    if (zones !== this.shown) {
      this.shown = zones;
      const features = [...zones.values()].filter((z) => z.restriction !== "no_restriction").flatMap((z) => this.drawn(z));
      map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: "FeatureCollection", features });
    }
    const clock = serverNow();
    const off = new Set([...zones.values()].filter((z) => !activeAt(z.periods, clock)).map((z) => z.id));
    const picked = world.selectedZone.get();
    this.hot = mark(map, "hot", this.hot, breached(this.context));
    this.off = mark(map, "off", this.off, off);
    this.picked = mark(map, "picked", this.picked, new Set(picked ? [picked] : []));
  }

  /** Zones under a point of the screen, the smallest first. */
  at(map: MapLibre, x: number, y: number): DrawnZone[] {
    const zones = [...this.context.world.zones.get().values()].filter((z) => z.restriction !== "no_restriction");
    const hits = (dx: number, dy: number): DrawnZone[] => {
      const { lng, lat } = map.unproject([x + dx, y + dy]);
      return zones.filter((z) => volumesAt(z, [lng, lat]).length > 0);
    };
    const exact = hits(0, 0);
    const list = exact.length > 0 ? exact : [...new Set(NEARBY.flatMap(([dx, dy]) => hits(dx * REACH_PX, dy * REACH_PX)))];
    return list.sort((a, b) => a.extent - b.extent || (a.id < b.id ? -1 : 1));
  }

  remove(map: MapLibre): void {
    for (const id of LAYERS) if (map.getLayer(id)) map.removeLayer(id);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
    for (const image of ["hatch", "dots"]) if (map.hasImage(image)) map.removeImage(image);
  }

  /** The features of one zone, made once. */
  private drawn(z: DrawnZone): GeoJSON.Feature[] {
    let list = this.features.get(z);
    if (!list) this.features.set(z, (list = zoneFeatures(z)));
    return list;
  }
}

/** One feature for each volume and each buffer; all carry the zone's id, so that they share their state. */
export function zoneFeatures(z: DrawnZone): GeoJSON.Feature[] {
  const properties = { id: z.id, restriction: z.restriction, temporary: z.temporary };
  const from = z.buffer > 0 ? Math.log2(BUFFER_PX / (z.buffer * perMetre(z.centre[1]) * 512)) : 0;
  return [
    ...bufferAreas(z).map((geometry): GeoJSON.Feature => ({ type: "Feature", geometry, properties: { ...properties, part: "buffer", from } })),
    ...z.volumes.map((v): GeoJSON.Feature => ({ type: "Feature", geometry: v.area, properties: { ...properties, part: "area" } })),
  ];
}

function filter(...all: unknown[]): boolean {
  return ["all", ...all] as unknown as boolean;
}

/** Sets one state on those that newly have it and takes it from those that no longer do; answers the new set. */
function mark(map: MapLibre, state: string, before: Set<string>, now: Set<string>): Set<string> {
  for (const id of before) if (!now.has(id)) map.setFeatureState({ source: SOURCE, id }, { [state]: false });
  for (const id of now) if (!before.has(id)) map.setFeatureState({ source: SOURCE, id }, { [state]: true });
  return now;
}

/** Zones that somebody is inside of now: open findings on them other than predicted ones. */
export function breached(context: MapContext): Set<string> {
  const hot = new Set<string>();
  for (const a of context.world.alerts.get().active) if (a.zone && a.variant !== "predicted") hot.add(a.zone.id);
  return hot;
}
