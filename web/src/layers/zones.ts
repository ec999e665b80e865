// Zones: line and texture per restriction, so that colour is never alone; a zone being breached gets a white edge and
// a red tint, one that does not apply now is dimmed, both through feature state, without touching the source.

import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { serverNow } from "../clock";
import type { MapContext } from "../map/context";
import { COLOUR } from "../map/palette";
import { activeAt } from "../picture/applicability";
import type { DrawnZone } from "../picture/zones";
import { TEXTURE_RATIO, dots, hatch } from "./textures";

const SOURCE = "zones";
const HOT = ["boolean", ["feature-state", "hot"], false] as const;
const OFF = ["boolean", ["feature-state", "off"], false] as const;
const LAYERS = ["zones-tint", "zones-hatch", "zones-dots", "zones-hot", "zones-prohibited", "zones-authorisation", "zones-conditional"];

export class ZonesLayer {
  private shown: ReadonlyMap<string, DrawnZone> | null = null;
  private hot = new Set<string>();
  private off = new Set<string>();

  constructor(private readonly context: MapContext) {}

  add(map: MapLibre): void {
    map.addImage("hatch", hatch(COLOUR.prohibited, 0.55), { pixelRatio: TEXTURE_RATIO });
    map.addImage("dots", dots(COLOUR.authorisation, 0.75), { pixelRatio: TEXTURE_RATIO });
    map.addSource(SOURCE, { type: "geojson", data: collection([]), promoteId: "id" });
    const only = (...r: string[]) => ["in", ["get", "restriction"], ["literal", r]] as unknown as boolean;
    const edge = (colour: string) => ["case", HOT, "#ffffff", colour] as unknown as string;
    const width = (w: number) => ["case", HOT, 2, w] as unknown as number;
    const dim = (on: number, off: number) => ["case", HOT, on, OFF, off, on] as unknown as number;
    map.addLayer({ id: "zones-tint", type: "fill", source: SOURCE, filter: only("conditional"),
      paint: { "fill-color": COLOUR.conditional, "fill-opacity": dim(0.05, 0) } });
    map.addLayer({ id: "zones-hatch", type: "fill", source: SOURCE, filter: only("prohibited"), paint: { "fill-pattern": "hatch", "fill-opacity": dim(1, 0.3) } });
    map.addLayer({ id: "zones-dots", type: "fill", source: SOURCE, filter: only("requires_authorisation"), paint: { "fill-pattern": "dots", "fill-opacity": dim(1, 0.3) } });
    map.addLayer({ id: "zones-hot", type: "fill", source: SOURCE,
      paint: { "fill-color": COLOUR.warning, "fill-opacity": ["case", HOT, 0.07, 0] as unknown as number } });
    map.addLayer({ id: "zones-prohibited", type: "line", source: SOURCE, filter: only("prohibited"),
      paint: { "line-color": edge(COLOUR.prohibited), "line-width": width(1.8), "line-opacity": dim(1, 0.4) } });
    map.addLayer({ id: "zones-authorisation", type: "line", source: SOURCE, filter: only("requires_authorisation"),
      paint: { "line-color": edge(COLOUR.authorisation), "line-width": width(1.4), "line-opacity": dim(1, 0.4) } });
    map.addLayer({ id: "zones-conditional", type: "line", source: SOURCE, filter: only("conditional"),
      paint: { "line-color": edge(COLOUR.conditional), "line-width": width(1.4), "line-opacity": dim(1, 0.4), "line-dasharray": [7, 4] } });
    this.shown = null;
    this.hot.clear();
    this.off.clear();
    this.update(map);
  }

  update(map: MapLibre): void {
    const zones = this.context.world.zones.get();
    if (zones !== this.shown) {
      this.shown = zones;
      map.getSource<GeoJSONSource>(SOURCE)?.setData(collection([...zones.values()]));
    }
    const clock = serverNow();
    const off = new Set([...zones.values()].filter((z) => !activeAt(z.periods, clock)).map((z) => z.id));
    this.hot = mark(map, "hot", this.hot, breached(this.context));
    this.off = mark(map, "off", this.off, off);
  }

  remove(map: MapLibre): void {
    for (const id of LAYERS) if (map.getLayer(id)) map.removeLayer(id);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
    for (const image of ["hatch", "dots"]) if (map.hasImage(image)) map.removeImage(image);
  }
}

/** Sets one state on those that newly have it and takes it from those that no longer do; answers the new set. */
function mark(map: MapLibre, state: string, before: Set<string>, now: Set<string>): Set<string> {
  for (const id of before) if (!now.has(id)) map.setFeatureState({ source: SOURCE, id }, { [state]: false });
  for (const id of now) if (!before.has(id)) map.setFeatureState({ source: SOURCE, id }, { [state]: true });
  return now;
}

/** Zones that somebody is inside of now: open findings on them other than predicted entries and mere nearness. */
export function breached(context: MapContext): Set<string> {
  const hot = new Set<string>();
  for (const a of context.world.alerts.get().active) if (a.zone && a.variant !== "predicted" && a.variant !== "near") hot.add(a.zone.id);
  return hot;
}

function collection(zones: DrawnZone[]): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: zones
      .filter((z) => z.restriction !== "no_restriction")
      .map((z) => ({ type: "Feature", geometry: z.geometry, properties: { id: z.id, restriction: z.restriction } })),
  };
}
