// The region's outlines: land tint, water courses and dashed administrative lines. Generalised, so the map says 示意 beside its credit;
// no national border is ever drawn. Seats and places are labels (labels.ts).

import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { COLOUR } from "../map/palette";
import type { Region } from "../picture/regions";

const LAND = "region-land";
const BORDER = "region-border";
const WATER = "region-water";
const LAYERS = [BORDER, WATER, LAND];

export class RegionLayer {
  constructor(private region: Region) {}

  add(map: MapLibre): void {
    map.addSource(LAND, { type: "geojson", data: areas(this.region) });
    map.addSource(BORDER, { type: "geojson", data: borders(this.region) });
    map.addSource(WATER, { type: "geojson", data: courses(this.region) });
    map.addLayer({ id: LAND, type: "fill", source: LAND, paint: { "fill-color": COLOUR.land } });
    map.addLayer({ id: WATER, type: "line", source: WATER, layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": COLOUR.water, "line-width": ["interpolate", ["linear"], ["zoom"], 7, 4, 10, 14, 14, 40] } });
    map.addLayer({ id: BORDER, type: "line", source: BORDER, paint: { "line-color": COLOUR.borderAdmin, "line-width": 1, "line-dasharray": [5, 3] } });
  }

  update(map: MapLibre, region: Region): void {
    this.region = region;
    map.getSource<GeoJSONSource>(LAND)?.setData(areas(region));
    map.getSource<GeoJSONSource>(BORDER)?.setData(borders(region));
    map.getSource<GeoJSONSource>(WATER)?.setData(courses(region));
  }

  remove(map: MapLibre): void {
    for (const id of LAYERS) {
      if (map.getLayer(id)) map.removeLayer(id);
      if (map.getSource(id)) map.removeSource(id);
    }
  }
}

function areas(region: Region): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: region.jurisdictions
      .filter((j) => Array.isArray(j.area) && j.area.length > 0)
      .map((j) => ({
        type: "Feature",
        geometry: { type: "MultiPolygon", coordinates: j.area as GeoJSON.Position[][][] },
        properties: { id: j.id },
      })),
  };
}

/**
 * Every border once. Neighbours share their vertices, and a city repeats its counties' outer edges: drawn per area,
 * two dashed lines would lie on each other and look solid.
 */
export function borders(region: Region): GeoJSON.Feature {
  const seen = new Set<string>();
  const lines: GeoJSON.Position[][] = [];
  const byLevel = [...region.jurisdictions].sort((a, b) => (b.level ?? 1) - (a.level ?? 1));
  for (const ring of byLevel.flatMap((j) => (j.area ?? []).flat(1))) {
    let run: GeoJSON.Position[] = [];
    for (let i = 1; i < ring.length; i++) {
      const [from, to] = [ring[i - 1]!, ring[i]!];
      const [p, q] = [from.join(), to.join()];
      const key = p < q ? `${p} ${q}` : `${q} ${p}`;
      if (seen.has(key)) {
        if (run.length > 1) lines.push(run);
        run = [];
        continue;
      }
      seen.add(key);
      if (run.length === 0) run.push(from);
      run.push(to);
    }
    if (run.length > 1) lines.push(run);
  }
  return { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines } };
}

function courses(region: Region): GeoJSON.Feature {
  return { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: region.lines.filter((l) => l.points.length > 1).map((l) => l.points) } };
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

/** Room that the panels over the map take from its edges: the region is fitted beside them. */
export function padding(width: number): { top: number; right: number; bottom: number; left: number } {
  return { top: 56, right: width > 700 ? 200 : 24, bottom: 28, left: 24 };
}
