// The region's outlines: land tint and dashed administrative lines. Generalised, so the map says 示意 beside its credit;
// no national border is ever drawn. Seats and places are labels (labels.ts).

import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { COLOUR } from "../map/palette";
import type { Region } from "../picture/regions";

const SOURCE = "region";
const LAYERS = ["region-land", "region-border"];

export class RegionLayer {
  constructor(private region: Region) {}

  add(map: MapLibre): void {
    map.addSource(SOURCE, { type: "geojson", data: outlines(this.region) });
    map.addLayer({ id: "region-land", type: "fill", source: SOURCE, paint: { "fill-color": COLOUR.land } });
    map.addLayer({ id: "region-border", type: "line", source: SOURCE,
      paint: { "line-color": COLOUR.borderAdmin, "line-width": 1, "line-dasharray": [5, 3] } });
  }

  update(map: MapLibre, region: Region): void {
    this.region = region;
    map.getSource<GeoJSONSource>(SOURCE)?.setData(outlines(region));
  }

  remove(map: MapLibre): void {
    for (const id of LAYERS) if (map.getLayer(id)) map.removeLayer(id);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
  }
}

function outlines(region: Region): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: region.jurisdictions
      .filter((j) => Array.isArray(j.area) && j.area.length > 0)
      .map((j) => ({
        type: "Feature",
        geometry: { type: "MultiPolygon", coordinates: j.area as GeoJSON.Position[][][] },
        properties: { id: j.id, level: j.level ?? 1 },
      })),
  };
}

/** West, south, east, north of everything the region draws; null without outlines. */
export function bounds(region: Region): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null;
  for (const j of region.jurisdictions) {
    for (const [x = 0, y = 0] of (j.area ?? []).flat(2)) {
      box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y];
    }
  }
  return box;
}
