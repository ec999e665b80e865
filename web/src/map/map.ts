// The map: MapLibre for the camera, outlines and zones; own layers for everything that moves. A new layer is one file
// in layers/ and one line in AirMap.layers().

import { Map as MapLibre, setWorkerUrl, type MapMouseEvent } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { serverNow } from "../clock";
import { AircraftLayer } from "../layers/aircraft";
import { BlindLayer } from "../layers/blind";
import { GraticuleLayer } from "../layers/graticule";
import { GridLayer } from "../layers/grid";
import { LabelsLayer } from "../layers/labels";
import { PreviewLayer, type Previewed } from "../layers/preview";
import type { Box } from "../layers/placement";
import { RegionLayer, bounds, padding } from "../layers/region";
import { RingsLayer } from "../layers/rings";
import { TrafficLayer } from "../layers/traffic";
import { TrailRing } from "../layers/trail-ring";
import { TrailsLayer } from "../layers/trails";
import { VectorsLayer } from "../layers/vectors";
import { ZonesLayer } from "../layers/zones";
import type { Region } from "../picture/regions";
import type { World } from "../picture/world";
import { MapContext } from "./context";
import { latitudeOf, longitudeOf, perMetre, pixelsPerMetre } from "./mercator";
import { COLOUR } from "./palette";
import { pick, pickTraffic } from "./pick";

setWorkerUrl(workerUrl);

export interface ViewState {
  longitude: number;
  latitude: number;
  zoom: number;
}

/** West, south, east, north. */
export type MapBox = readonly [number, number, number, number];

export interface MapEvents {
  select(aircraft: string): void;
  selectAlert(alert: string): void;
  selectTraffic(target: string): void;
  /** A zone was clicked; "" for none. */
  selectZone(zone: string): void;
  moved(v: ViewState): void;
}

/** A frame is drawn when something has moved this many pixels, with every news, and for the ages at least this often. */
const STEP_PX = 0.6;
const SLOWEST_MS = 1400; // above the usual second between reports, so that one frame serves both
const FASTEST_MS = 50;
/** Positions are taken into the trails at most this often. */
const SAMPLE_MS = 250;

export class AirMap {
  readonly map: MapLibre;
  readonly context: MapContext;
  readonly ring: TrailRing;
  readonly aircraft: AircraftLayer;
  readonly rings: RingsLayer;
  readonly traffic: TrafficLayer;
  readonly labels: LabelsLayer;
  /** ms of the newest frame's drawing on the main thread, and frames in the last second. */
  frameMs = 0;
  fps = 0;
  /** Takes the clicks first while something is drawn; true keeps one from selecting anything. */
  takeClick: ((e: MapMouseEvent) => boolean) | null = null;
  private readonly trails: TrailsLayer;
  private readonly zones: ZonesLayer;
  private readonly grid: GridLayer;
  private readonly preview = new PreviewLayer();
  private readonly blind: BlindLayer;
  private readonly outlines: RegionLayer;
  private readonly graticule = new GraticuleLayer();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private frames = 0;
  private sampledAt = -Infinity;
  private countedAt = performance.now();
  private readonly undo: (() => void)[] = [];

  constructor(
    container: HTMLElement,
    overlay: HTMLCanvasElement,
    readonly world: World,
    region: Region,
    view: ViewState | null,
    private readonly panels: () => Box[],
    private readonly events: MapEvents,
    /** Where this user's map begins and comes home to; null: the whole region. */
    private readonly own: MapBox | null = null,
  ) {
    const box = own ?? bounds(region);
    const centre: [number, number] = box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : [114.3, 29.8];
    this.map = new MapLibre({
      container,
      style: { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": COLOUR.bg0 } }] },
      center: view ? [view.longitude, view.latitude] : centre,
      zoom: view?.zoom ?? 9,
      minZoom: 4,
      maxZoom: 19,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      renderWorldCopies: false,
      fadeDuration: 0,
      keyboard: false,
      canvasContextAttributes: { antialias: false, powerPreference: "high-performance" },
    });
    this.map.touchZoomRotate.disableRotation();
    if (!view && box) this.map.fitBounds([box[0], box[1], box[2], box[3]], { padding: padding(container.clientWidth), animate: false });
    this.context = new MapContext(this.map, world, centre);
    this.ring = new TrailRing(world.tracks, this.context.originX, this.context.originY);
    this.trails = new TrailsLayer(this.context, this.ring);
    this.aircraft = new AircraftLayer(this.context);
    this.rings = new RingsLayer(this.context);
    this.traffic = new TrafficLayer(this.context);
    this.zones = new ZonesLayer(this.context);
    this.grid = new GridLayer(this.context);
    this.blind = new BlindLayer(this.context);
    this.outlines = new RegionLayer(region);
    this.labels = new LabelsLayer(this.context, overlay, this.graticule, region, panels);
    // Also after a lost WebGL context: MapLibre then rebuilds its style, without our layers, and says so again.
    this.map.on("style.load", () => this.layers());
    this.map.on("render", () => this.rendered());
    this.map.on("moveend", () => this.moved());
    this.map.on("resize", () => this.labels.invalidate());
    this.listen();
  }

  /** Every layer from the ground up. What a rebuilt style has kept is made anew. */
  private layers(): void {
    for (const layer of [this.preview, this.blind, this.zones, this.graticule, this.grid, this.outlines]) layer.remove(this.map);
    this.outlines.add(this.map);
    this.grid.add(this.map);
    this.graticule.add(this.map);
    this.zones.add(this.map);
    this.preview.add(this.map);
    this.blind.add(this.map);
    this.map.addLayer(this.trails);
    this.map.addLayer(new VectorsLayer(this.context));
    this.map.addLayer(this.aircraft);
    this.map.addLayer(this.traffic);
    this.map.addLayer(this.rings);
    this.moved();
  }

  private listen(): void {
    const { world, map } = this;
    world.onPositions = () => {
      // Frames come per tile and flush; a trail grows by steps of seconds.
      const now = this.context.now();
      if (now - this.sampledAt >= SAMPLE_MS) {
        this.ring.sample(now);
        this.sampledAt = now;
      }
      map.triggerRepaint();
    };
    const overlays = (): void => {
      if (map.getSource("zones")) this.zones.update(map);
      if (map.getSource("blind")) this.blind.update(map);
      this.labels.invalidate();
      map.triggerRepaint();
    };
    // Zones with hours begin and end with the minute.
    let minute = -1;
    const ticks = setInterval(() => {
      const m = Math.floor(serverNow() / 60_000);
      if (m !== minute) overlays();
      minute = m;
    }, 1000);
    this.undo.push(() => clearInterval(ticks));
    this.undo.push(world.alerts.subscribe(overlays), world.zones.subscribe(overlays), world.sources.subscribe(overlays), world.selected.subscribe(overlays), world.selectedZone.subscribe(overlays));
    this.undo.push(world.traffic.subscribe(() => map.triggerRepaint()), world.selectedTraffic.subscribe(overlays), world.grid.subscribe(() => this.grid.update(map)));
    map.on("click", (e) => {
      if (this.takeClick?.(e)) return;
      const label = this.labels.hit(e.point.x, e.point.y, this.context.camera());
      if (label?.alert) return this.events.selectAlert(label.alert.id);
      const slot = label && label.slot >= 0 ? label.slot : pick(this.context, e.point.x, e.point.y);
      if (slot >= 0) return this.events.select(world.tracks.identities[slot]?.aircraft_id ?? "");
      const target = label?.target ?? pickTraffic(this.context, e.point.x, e.point.y);
      if (target) return this.events.selectTraffic(target);
      const zone = label?.kind === "zone" ? label.key.slice("zone ".length) : this.zoneAt(e.point.x, e.point.y);
      this.events.selectZone(zone);
      if (!zone) this.events.select("");
    });
    map.on("mousemove", (e) => {
      if (this.takeClick) return;
      const slot = pick(this.context, e.point.x, e.point.y);
      const id = slot < 0 ? "" : (world.tracks.identities[slot]?.aircraft_id ?? "");
      map.getCanvas().style.cursor = id || pickTraffic(this.context, e.point.x, e.point.y) ? "pointer" : "";
      if (id === this.context.hovered) return;
      this.context.hovered = id;
      this.labels.invalidate();
      map.triggerRepaint();
    });
  }

  /** The smallest zone under a point; clicked again, the next one there. */
  private zoneAt(x: number, y: number): string {
    const ids = this.zones.at(this.map, x, y).map((z) => z.id);
    const i = ids.indexOf(this.world.selectedZone.get());
    return ids[(i + 1) % Math.max(1, ids.length)] ?? "";
  }

  private moved(): void {
    const b = this.map.getBounds();
    const c = this.map.getCenter();
    if (this.map.getSource("graticule")) this.graticule.update(this.map);
    this.labels.invalidate();
    const view = { west: Math.max(-180, b.getWest()), south: Math.max(-85, b.getSouth()), east: Math.min(180, b.getEast()), north: Math.min(85, b.getNorth()) };
    this.world.setView(view);
    this.world.grid.look({ ...view, zoom: this.map.getZoom() });
    this.events.moved({ longitude: c.lng, latitude: c.lat, zoom: this.map.getZoom() });
  }

  private rendered(): void {
    const camera = this.context.camera();
    this.labels.draw(camera, this.context.dpr());
    const now = performance.now();
    if (this.trails.startedAt > 0) this.frameMs = now - this.trails.startedAt;
    this.frames++;
    if (now - this.countedAt >= 1000) {
      this.fps = (this.frames * 1000) / (now - this.countedAt);
      this.frames = 0;
      this.countedAt = now;
    }
    this.schedule();
  }

  // Frames follow the fastest aircraft on screen: far out nothing moves by a pixel for seconds, and a frame costs.
  private schedule(): void {
    clearTimeout(this.timer);
    let wait = SLOWEST_MS;
    if (this.rings.pulsing(this.context.now())) wait = FASTEST_MS;
    else if (!this.context.still && !this.context.stopped()) {
      const { tracks } = this.world;
      let fastest = 0;
      for (let s = 0; s < tracks.used; s++) if (tracks.hasFix[s] && tracks.speed[s]! > fastest) fastest = tracks.speed[s]!;
      const perMetreNow = perMetre(this.context.camera().latitude);
      for (const t of this.world.traffic.get().values()) fastest = Math.max(fastest, Math.hypot(t.vx, t.vy) / perMetreNow);
      const pixels = fastest * pixelsPerMetre(this.context.camera());
      if (pixels > 0) wait = Math.min(SLOWEST_MS, Math.max(FASTEST_MS, (1000 * STEP_PX) / pixels));
    }
    this.timer = setTimeout(() => (this.hidden() ? this.schedule() : this.map.triggerRepaint()), wait);
  }

  /** A page has taken the map's place. */
  private hidden(): boolean {
    return this.map.getContainer().clientWidth === 0;
  }

  flyTo(longitude: number, latitude: number, zoom?: number, offset: [number, number] = [0, 0]): void {
    const to = { center: [longitude, latitude] as [number, number], zoom: zoom ?? Math.max(this.map.getZoom(), 12.5), offset };
    if (this.context.still) this.map.jumpTo(to);
    else this.map.easeTo({ ...to, duration: 400 });
  }

  /** Brings a place that lies under a panel out from under it; nothing else moves the map. */
  uncover(longitude: number, latitude: number): void {
    const { x, y } = this.map.project([longitude, latitude]);
    if (this.panels().some((b) => x > b.x && y > b.y && x < b.x + b.width && y < b.y + b.height)) this.flyTo(longitude, latitude, this.map.getZoom());
  }

  /** The cell of the grid under the pointer, "" for none. */
  markCell(code: string): void {
    this.grid.hover(this.map, code);
  }

  /** Zones to look at before they are published; none ends it. */
  showPreview(zones: readonly Previewed[]): void {
    this.preview.show(this.map, zones);
  }

  markPreview(key: number): void {
    this.preview.mark(this.map, key);
  }

  /** Brings places, Mercator, into view; two that are close are not brought closer than they can be told apart. */
  fitPlaces(places: readonly (readonly [number, number])[], maxZoom = 14.5): void {
    if (places.length === 0) return;
    const [xs, ys] = [places.map((p) => p[0]), places.map((p) => p[1])];
    const box: [number, number, number, number] = [Math.min(...xs), Math.max(...ys), Math.max(...xs), Math.min(...ys)];
    this.map.fitBounds([longitudeOf(box[0]), latitudeOf(box[1]), longitudeOf(box[2]), latitudeOf(box[3])],
      { padding: 160, maxZoom, duration: this.context.still ? 0 : 400 });
  }

  /** Brings west, south, east, north into the part of the map that no panel on its left covers. */
  fitBeside(box: readonly [number, number, number, number]): void {
    const width = this.map.getContainer().clientWidth;
    const covered = this.panels().filter((b) => b.x < 40 && b.height > 300).reduce((most, b) => Math.max(most, b.x + b.width), 0);
    const left = covered < width * 0.7 ? covered : 0;
    this.map.fitBounds([box[0], box[1], box[2], box[3]], { padding: { top: 80, right: 80, bottom: 60, left: left + 60 }, maxZoom: 15, duration: this.context.still ? 0 : 400 });
  }

  setRegion(region: Region): void {
    if (this.map.getSource("region-land")) this.outlines.update(this.map, region);
    this.labels.setRegion(region);
  }

  /** The user's own area or the whole region, beside the panels. */
  home(region: Region): void {
    const box = this.own ?? bounds(region);
    if (box) this.map.fitBounds([box[0], box[1], box[2], box[3]], { padding: padding(this.map.getContainer().clientWidth), duration: this.context.still ? 0 : 400 });
  }

  repaint(): void {
    this.labels.invalidate();
    this.map.triggerRepaint();
  }

  remove(): void {
    clearTimeout(this.timer);
    for (const u of this.undo) u();
    this.world.onPositions = () => {};
    this.map.remove();
  }
}
