// The graticule: fine lines at a round step, and what to write at the edges (labels.ts draws it).

import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { COLOUR } from "../map/palette";

const SOURCE = "graticule";
const STEPS = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

export class GraticuleLayer {
  /** Degrees between lines, and the lines on screen. */
  step = 1;
  longitudes: number[] = [];
  latitudes: number[] = [];

  add(map: MapLibre): void {
    map.addSource(SOURCE, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    map.addLayer({ id: SOURCE, type: "line", source: SOURCE, paint: { "line-color": COLOUR.line1, "line-width": 1, "line-opacity": 0.7 } });
    this.update(map);
  }

  /** Lines for the present view; called when the camera has come to rest. */
  update(map: MapLibre): void {
    const b = map.getBounds();
    const [west, south, east, north] = [b.getWest(), Math.max(-85, b.getSouth()), b.getEast(), Math.min(85, b.getNorth())];
    this.step = STEPS.find((s) => (east - west) / s >= 7) ?? 0.001;
    this.longitudes = ticks(west, east, this.step);
    this.latitudes = ticks(south, north, this.step);
    const line = (coordinates: [number, number][]): GeoJSON.Feature => ({
      type: "Feature", properties: {}, geometry: { type: "LineString", coordinates },
    });
    map.getSource<GeoJSONSource>(SOURCE)?.setData({
      type: "FeatureCollection",
      features: [
        ...this.longitudes.map((x) => line([[x, south], [x, north]])),
        ...this.latitudes.map((y) => line([[west, y], [east, y]])),
      ],
    });
  }

  remove(map: MapLibre): void {
    if (map.getLayer(SOURCE)) map.removeLayer(SOURCE);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
  }
}

function ticks(from: number, to: number, step: number): number[] {
  const out: number[] = [];
  for (let k = Math.ceil(from / step); k * step <= to && out.length < 60; k++) out.push(Number((k * step).toFixed(6)));
  return out;
}
