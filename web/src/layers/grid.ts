// Density of traffic per cell of the BeiDou grid, in greys: a hue would claim danger. Below everything but the ground.

import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { MapContext } from "../map/context";
import { COLOUR } from "../map/palette";
import { classOf, valueOf, type Grid } from "../picture/grid";

const SOURCE = "grid";
const LAYERS = ["grid-fill", "grid-hover"];
/** Opacity of text-1 by class; the legend shows the same. */
export const GRID_OPACITY = [0.06, 0.12, 0.2, 0.3, 0.42] as const;

export class GridLayer {
  private shown: Grid | null = null;
  private hovered = "";

  constructor(private readonly context: MapContext) {}

  add(map: MapLibre): void {
    map.addSource(SOURCE, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    map.addLayer({ id: "grid-fill", type: "fill", source: SOURCE, paint: { "fill-color": COLOUR.text1, "fill-antialias": false,
      "fill-opacity": ["match", ["get", "class"], 0, GRID_OPACITY[0], 1, GRID_OPACITY[1], 2, GRID_OPACITY[2], 3, GRID_OPACITY[3], GRID_OPACITY[4]] } });
    map.addLayer({ id: "grid-hover", type: "line", source: SOURCE, filter: ["==", ["get", "code"], ""], paint: { "line-color": COLOUR.text1, "line-width": 1.4 } });
    this.shown = null;
    this.hovered = "";
    this.update(map);
  }

  update(map: MapLibre): void {
    const grid = this.context.world.grid.get();
    if (grid === this.shown) return;
    this.shown = grid;
    map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: "FeatureCollection", features: grid ? features(grid) : [] });
  }

  hover(map: MapLibre, code: string): void {
    if (code === this.hovered || !map.getLayer("grid-hover")) return;
    this.hovered = code;
    map.setFilter("grid-hover", ["==", ["get", "code"], code]);
  }

  remove(map: MapLibre): void {
    for (const id of LAYERS) if (map.getLayer(id)) map.removeLayer(id);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
  }
}

function features(grid: Grid): GeoJSON.Feature[] {
  return grid.cells.flatMap((c): GeoJSON.Feature[] => {
    const cls = classOf(valueOf(c, grid.minutes), grid.minutes);
    if (cls < 0) return [];
    const ring = [[c.west, c.south], [c.east, c.south], [c.east, c.north], [c.west, c.north], [c.west, c.south]];
    return [{ type: "Feature", geometry: { type: "Polygon", coordinates: [ring] }, properties: { code: c.code, class: cls } }];
  });
}
