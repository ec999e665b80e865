// Zones of a file that somebody looks at before publishing them. Cyan, as everything that is not yet done: a solid edge
// for new ones, a dashed one for those that change, grey dots for what stays. The one pointed at is white.

import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { bufferAreas, type DrawnZone } from "../picture/zones";
import { COLOUR } from "../map/palette";

const SOURCE = "preview";
const LAYERS = ["preview-tint", "preview-buffer", "preview-same", "preview-changed", "preview-new", "preview-marked"];

export interface Previewed {
  key: number;
  zone: DrawnZone;
  change: "new" | "changed" | "same";
}

export class PreviewLayer {
  private features: GeoJSON.Feature[] = [];
  private marked = -1;

  add(map: MapLibre): void {
    map.addSource(SOURCE, { type: "geojson", data: { type: "FeatureCollection", features: this.features }, promoteId: "key" });
    const change = (...c: string[]) => ["all", ["==", ["get", "part"], "area"], ["in", ["get", "change"], ["literal", c]]] as unknown as boolean;
    const marked = ["boolean", ["feature-state", "marked"], false] as const;
    map.addLayer({ id: "preview-tint", type: "fill", source: SOURCE, filter: change("new", "changed"), paint: { "fill-color": COLOUR.accent, "fill-opacity": 0.1 } });
    map.addLayer({ id: "preview-buffer", type: "line", source: SOURCE, filter: ["==", ["get", "part"], "buffer"], paint: { "line-color": COLOUR.accent, "line-width": 1, "line-opacity": 0.6, "line-dasharray": [2, 3] } });
    map.addLayer({ id: "preview-same", type: "line", source: SOURCE, filter: change("same"), paint: { "line-color": COLOUR.text3, "line-width": 1.6, "line-dasharray": [1, 2] } });
    map.addLayer({ id: "preview-changed", type: "line", source: SOURCE, filter: change("changed"), paint: { "line-color": COLOUR.accent, "line-width": 2, "line-dasharray": [4, 2.5] } });
    map.addLayer({ id: "preview-new", type: "line", source: SOURCE, filter: change("new"), paint: { "line-color": COLOUR.accent, "line-width": 2 } });
    map.addLayer({ id: "preview-marked", type: "line", source: SOURCE, filter: ["==", ["get", "part"], "area"],
      paint: { "line-color": "#ffffff", "line-width": 3, "line-opacity": ["case", marked, 1, 0] as unknown as number } });
    this.marked = -1;
  }

  /** What is shown; none ends it. */
  show(map: MapLibre, zones: readonly Previewed[]): void {
    this.features = zones.flatMap(({ key, zone, change }) => [
      ...bufferAreas(zone).map((geometry): GeoJSON.Feature => ({ type: "Feature", geometry, properties: { key, change, part: "buffer" } })),
      ...zone.volumes.map((v): GeoJSON.Feature => ({ type: "Feature", geometry: v.area, properties: { key, change, part: "area" } })),
    ]);
    this.mark(map, -1);
    map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: "FeatureCollection", features: this.features });
  }

  /** The zone pointed at in the list; -1 for none. */
  mark(map: MapLibre, key: number): void {
    if (key === this.marked || !map.getSource(SOURCE)) return;
    if (this.marked >= 0) map.setFeatureState({ source: SOURCE, id: this.marked }, { marked: false });
    if (key >= 0) map.setFeatureState({ source: SOURCE, id: key }, { marked: true });
    this.marked = key;
  }

  remove(map: MapLibre): void {
    for (const id of LAYERS) if (map.getLayer(id)) map.removeLayer(id);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
  }
}
