// The drawing on the map: layers of its own over everything that lies, under everything that moves; and the pointer.

import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import type { AirMap } from "../../map/map";
import type { Feature } from "../feature";
import { numberOf } from "../draft";
import { runs, vertex, type Place, type VertexAt } from "../shape";
import { areas, handles, middles, sketched } from "./geometry";
import { DEFAULT_WIDTH_M, type EditSession } from "./session";
import { SnapPoints, nearest, placeAt } from "./snap";

const ACCENT = "#35c2d6";
const VOID = "#0a0c0f";
const SOURCES = ["edit-areas", "edit-handles", "edit-sketch"] as const;
const REACH_PX = 11;
const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
/** Mercator pixels of a metre at zoom 0 on the equator. */
const PX_PER_M = 512 / 40_075_016.686;

/** A line as wide as `metres` (an expression) on the ground at a latitude, at every zoom. */
function wide(metres: ExpressionSpecification | number, latitude: number): ExpressionSpecification {
  const per = PX_PER_M / Math.cos((latitude * Math.PI) / 180);
  const at = (z: number): ExpressionSpecification => ["*", metres, per * 2 ** z] as unknown as ExpressionSpecification;
  return ["interpolate", ["exponential", 2], ["zoom"], 0, at(0), 24, at(24)];
}

export class DrawTool {
  private readonly snap = new SnapPoints();
  private dragging: VertexAt | null = null;
  private dragged = false;
  private drags = 0;
  private buffer = NaN;
  private readonly undo: (() => void)[] = [];

  constructor(private readonly air: AirMap, private readonly session: EditSession) {
    const { map } = air;
    const add = (): void => this.add();
    const listen = <T extends keyof Handlers>(type: T, f: Handlers[T]): void => {
      map.on(type, f as never);
      this.undo.push(() => void map.off(type, f as never));
    };
    listen("style.load", add);
    listen("mousedown", (e) => this.down(e));
    listen("mousemove", (e) => this.moved(e));
    listen("mouseup", () => this.up());
    listen("dblclick", (e) => {
      if (!session.sketch.get().tool) return;
      e.preventDefault(); // no zooming
      session.finish();
    });
    air.takeClick = (e) => this.click(e);
    this.undo.push(
      session.draft.subscribe(() => this.draw()), session.sketch.subscribe(() => this.draw()), session.selected.subscribe(() => this.draw()),
      session.volume.subscribe(() => this.draw()),
    );
    if (map.isStyleLoaded() || map.getLayer("ground")) this.add();
  }

  /** Vertices of the other zones, to which the drawing holds fast. */
  neighbours(features: Iterable<Feature>, without: string): void {
    this.snap.fill(features, without);
  }

  stop(): void {
    this.air.takeClick = null;
    this.undo.forEach((u) => u());
    const { map } = this.air;
    map.getCanvas().style.cursor = "";
    map.dragPan.enable();
    removeLayers(map);
  }

  private add(): void {
    const { map } = this.air;
    removeLayers(map);
    for (const s of SOURCES) map.addSource(s, { type: "geojson", data: EMPTY });
    const under = map.getLayer("trails") ? "trails" : undefined;
    const kind = (k: string): ExpressionSpecification => ["==", ["geometry-type"], k] as ExpressionSpecification;
    const width = ["get", "width"] as ExpressionSpecification;
    const round = { "line-cap": "round", "line-join": "round" } as const;
    const latitude = map.getCenter().lat;
    const accent = { "line-color": ACCENT } as const;
    map.addLayer({ id: "edit-buffer", type: "line", source: "edit-areas", layout: { ...round, visibility: "none" }, paint: { ...accent, "line-opacity": 0.1 } }, under);
    for (const [source, opacity] of [["edit-areas", 0.1], ["edit-sketch", 0.08]] as const) {
      map.addLayer({ id: `${source}-corridor`, type: "line", source, filter: kind("LineString"), layout: round, paint: { ...accent, "line-opacity": opacity + 0.06, "line-width": wide(width, latitude) } }, under);
      map.addLayer({ id: `${source}-fill`, type: "fill", source, filter: kind("Polygon"), paint: { "fill-color": ACCENT, "fill-opacity": opacity } }, under);
    }
    map.addLayer({ id: "edit-areas-line", type: "line", source: "edit-areas", filter: ["!=", ["geometry-type"], "Point"], layout: round,
      paint: { ...accent, "line-width": ["case", ["get", "hand"], 2, 1], "line-opacity": ["case", ["get", "hand"], 1, 0.6] } });
    map.addLayer({ id: "edit-sketch-line", type: "line", source: "edit-sketch", filter: ["!=", ["geometry-type"], "Point"], paint: { ...accent, "line-width": 2, "line-dasharray": [3, 2] } });
    map.addLayer({ id: "edit-sketch-points", type: "circle", source: "edit-sketch", filter: kind("Point"),
      paint: { "circle-radius": ["match", ["get", "kind"], "first", 6, 4.5], "circle-color": VOID, "circle-stroke-color": ACCENT, "circle-stroke-width": 2 } });
    map.addLayer({ id: "edit-handles", type: "circle", source: "edit-handles",
      paint: {
        "circle-radius": ["match", ["get", "kind"], "selected", 7, "middle", 3.5, 5.5], "circle-color": ["match", ["get", "kind"], "selected", ACCENT, VOID],
        "circle-stroke-color": ACCENT, "circle-stroke-width": ["match", ["get", "kind"], "middle", 1, 2], "circle-stroke-opacity": ["match", ["get", "kind"], "middle", 0.7, 1],
      } });
    this.buffer = NaN;
    this.draw();
  }

  private draw(): void {
    const { map } = this.air;
    const set = (id: (typeof SOURCES)[number], data: GeoJSON.FeatureCollection): void => void map.getSource<GeoJSONSource>(id)?.setData(data);
    const d = this.session.draft.get();
    const shape = this.session.shape;
    const sketch = this.session.sketch.get();
    set("edit-areas", areas(d.volumes, this.session.volume.get()));
    set("edit-handles", sketch.tool ? EMPTY : handles(shape, this.session.selected.get()));
    set("edit-sketch", sketched(sketch, shape?.kind === "corridor" ? shape.width : DEFAULT_WIDTH_M));
    const buffer = numberOf(d.buffer) ?? 0;
    if (buffer !== this.buffer && map.getLayer("edit-buffer")) {
      this.buffer = buffer;
      map.setLayoutProperty("edit-buffer", "visibility", buffer > 0 ? "visible" : "none");
      map.setPaintProperty("edit-buffer", "line-width", wide(["+", ["get", "width"], 2 * buffer] as unknown as ExpressionSpecification, map.getCenter().lat));
    }
    map.triggerRepaint();
  }

  /** Where the pointer is, at a neighbour's vertex when it is near one. */
  private place(e: MapMouseEvent): Place {
    const camera = this.air.context.camera();
    if (!e.originalEvent.altKey) {
      const near = this.snap.near(camera, e.point.x, e.point.y);
      if (near) return near;
    }
    return placeAt(camera, e.point.x, e.point.y);
  }

  private hit(e: MapMouseEvent): VertexAt | null {
    const shape = this.session.shape;
    if (!shape || this.session.sketch.get().tool) return null;
    const camera = this.air.context.camera();
    const all = runs(shape).flatMap((r) => r.places.map((place, index) => ({ at: { part: r.part, ring: r.ring, index }, place })));
    const i = nearest(camera, all.map((v) => v.place), e.point.x, e.point.y, REACH_PX);
    return i < 0 ? null : all[i]!.at;
  }

  private down(e: MapMouseEvent): void {
    if (e.originalEvent.button !== 0) return;
    let at = this.hit(e);
    if (!at && !this.session.sketch.get().tool) {
      const list = middles(this.session.shape);
      const i = nearest(this.air.context.camera(), list.map((m) => m.place), e.point.x, e.point.y, REACH_PX - 3);
      if (i >= 0) {
        this.session.insert(list[i]!.at, list[i]!.place);
        at = { ...list[i]!.at, index: list[i]!.at.index + 1 };
      }
    }
    if (!at) return;
    e.preventDefault(); // the map stays where it is
    this.session.select(at);
    this.dragging = at;
    this.drags++;
    this.dragged = false;
  }

  private moved(e: MapMouseEvent): void {
    const canvas = this.air.map.getCanvas();
    if (this.dragging) {
      this.dragged = true;
      canvas.style.cursor = "grabbing";
      this.session.drag(this.dragging, this.place(e), this.drags);
      return;
    }
    if (this.session.sketch.get().tool) {
      canvas.style.cursor = "crosshair";
      this.session.point(this.place(e));
    } else canvas.style.cursor = this.hit(e) ? "grab" : "";
  }

  private up(): void {
    this.dragging = null;
  }

  /** Every click belongs to the drawing while one draws; else only those on a vertex. */
  private click(e: MapMouseEvent): boolean {
    if (this.dragged) {
      this.dragged = false;
      return true;
    }
    const { session } = this;
    const sketch = session.sketch.get();
    if (!sketch.tool) {
      const at = this.hit(e);
      if (!at && session.selected.get()) {
        session.select(null);
        return true;
      }
      return at !== null && vertex(session.shape!, at) !== undefined;
    }
    const first = sketch.places[0];
    const closing = !!first && sketch.tool !== "circle" && sketch.tool !== "corridor" && nearest(this.air.context.camera(), [first], e.point.x, e.point.y, REACH_PX) === 0;
    session.put(this.place(e), closing);
    return true;
  }
}

interface Handlers {
  "style.load": () => void;
  mousedown: (e: MapMouseEvent) => void;
  mousemove: (e: MapMouseEvent) => void;
  mouseup: (e: MapMouseEvent) => void;
  dblclick: (e: MapMouseEvent) => void;
}

function removeLayers(map: MapLibre): void {
  for (const l of map.getStyle()?.layers ?? []) if (l.id.startsWith("edit-")) map.removeLayer(l.id);
  for (const s of SOURCES) if (map.getSource(s)) map.removeSource(s);
}
