// The zone that the page shows, outlined on the map in the colour of what one works on.

import type { GeoJSONSource } from "maplibre-gl";
import type { AirMap } from "../../map/map";
import { volumesOf, type Feature } from "../feature";
import { corridor } from "../../picture/outline";
import { discOf } from "../shape";

const SOURCE = "zone-focus";
const ACCENT = "#35c2d6";

export class Focus {
  private shown: Feature | null = null;
  private readonly again = (): void => this.show(this.shown);

  constructor(private readonly air: AirMap) {
    air.map.on("style.load", this.again);
  }

  show(f: Feature | null): void {
    this.shown = f;
    const { map } = this.air;
    if (!map.getLayer("ground")) return; // shown when the style has come
    if (!map.getSource(SOURCE)) {
      map.addSource(SOURCE, { type: "geojson", data: outline(null) });
      const round = { "line-cap": "round", "line-join": "round" } as const;
      map.addLayer({ id: `${SOURCE}-halo`, type: "line", source: SOURCE, layout: round,
        paint: { "line-color": ACCENT, "line-opacity": 0.22, "line-width": 6 } });
      map.addLayer({ id: `${SOURCE}-line`, type: "line", source: SOURCE, layout: round, paint: { "line-color": ACCENT, "line-width": 2 } });
    }
    map.getSource<GeoJSONSource>(SOURCE)?.setData(outline(f));
    map.triggerRepaint();
  }

  stop(): void {
    const { map } = this.air;
    map.off("style.load", this.again);
    for (const id of [`${SOURCE}-halo`, `${SOURCE}-line`]) if (map.getLayer(id)) map.removeLayer(id);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
    map.triggerRepaint();
  }
}

function outline(f: Feature | null): GeoJSON.FeatureCollection {
  const features = (f ? volumesOf(f) : []).map(({ geometry, limits }): GeoJSON.Feature => ({
    type: "Feature",
    geometry: geometry.type === "LineString" ? (corridor(geometry.coordinates.map((c): [number, number] => [c[0] ?? 0, c[1] ?? 0]), limits.width_m ?? 1) ?? geometry) : geometry.type === "Point" ? discOf([geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0], limits.radius_m ?? 1) : geometry,
    properties: {},
  }));
  return { type: "FeatureCollection", features };
}
