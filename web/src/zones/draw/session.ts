// One zone being edited: the draft with its undo, what is selected and what is being drawn. No React, no map.

import { Observable } from "../../picture/observable";
import { type Draft, type VolumeDraft } from "../draft";
import {
  addHole, addPart, deleteVertex, insertVertex, metresBetween, moveVertex, rounded, runs, shifted, vertex, within, type Place, type Shape, type VertexAt,
} from "../shape";
import { History } from "../undo";

export type Tool = "" | "polygon" | "part" | "hole" | "circle" | "corridor";

/** A shape being drawn: the places so far, and where the pointer is. */
export interface Sketch {
  tool: Tool;
  places: readonly Place[];
  pointer: Place | undefined;
}

export const NO_SKETCH: Sketch = { tool: "", places: [], pointer: undefined };
export const DEFAULT_WIDTH_M = 200;

export class EditSession {
  readonly draft: Observable<Draft>;
  readonly sketch = new Observable<Sketch>(NO_SKETCH);
  /** Which volume the drawing is about. */
  readonly volume = new Observable(0);
  readonly selected = new Observable<VertexAt | null>(null);
  /** Why what was drawn was not taken: a key of zones.draw.*, or "". */
  readonly refused = new Observable("");
  private readonly history: History<Draft>;

  /** `start` is what undo goes back to at most; `resumed` a kept draft of it. */
  constructor(readonly start: Draft, resumed?: Draft) {
    this.history = new History(start);
    if (resumed) this.history.set(resumed);
    this.draft = new Observable(this.history.current);
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.history.canRedo;
  }

  get changed(): boolean {
    return this.draft.get() !== this.start && JSON.stringify(this.draft.get()) !== JSON.stringify(this.start);
  }

  /** Changes the draft; changes under one key within a moment are one step back. */
  change(patch: Partial<Draft>, key = "", held = false): void {
    this.history.set({ ...this.draft.get(), ...patch }, key, performance.now(), held);
    this.publish();
  }

  changeVolume(i: number, patch: Partial<VolumeDraft>, key = "", held = false): void {
    this.change({ volumes: this.draft.get().volumes.map((v, k) => (k === i ? { ...v, ...patch } : v)) }, key && `${key}.${i}`, held);
  }

  undo(): void {
    // While drawing, the last click is what one takes back.
    if (this.sketch.get().tool) return this.stepBack();
    this.history.undo();
    this.publish();
  }

  redo(): void {
    this.history.redo();
    this.publish();
  }

  private publish(): void {
    const d = this.history.current;
    this.draft.set(d);
    if (this.volume.get() >= d.volumes.length) this.volume.set(Math.max(0, d.volumes.length - 1));
    const at = this.selected.get();
    const shape = this.shape;
    if (at && (!shape || !vertex(shape, at))) this.selected.set(null);
  }

  /** The shape of the volume in hand. */
  get shape(): Shape | undefined {
    return this.draft.get().volumes[this.volume.get()]?.shape;
  }

  setShape(shape: Shape | undefined, key = ""): void {
    this.changeVolume(this.volume.get(), { shape, raw: undefined }, key);
  }

  /** One step of a drag; the whole drag is one step back. */
  drag(at: VertexAt, to: Place, drag: number): void {
    const shape = this.shape;
    if (shape) this.changeVolume(this.volume.get(), { shape: moveVertex(shape, at, to) }, `drag ${drag}`, true);
  }

  select(at: VertexAt | null): void {
    this.selected.set(at);
  }

  move(at: VertexAt, to: Place, key = `move ${at.part} ${at.ring} ${at.index}`): void {
    const shape = this.shape;
    if (shape) this.setShape(moveVertex(shape, at, to), key);
  }

  /** Moves the selected vertex by metres, as the arrow keys do. */
  nudge(east: number, north: number): boolean {
    const at = this.selected.get();
    const place = at && this.shape && vertex(this.shape, at);
    if (!at || !place) return false;
    this.move(at, shifted(place, east, north), "nudge");
    return true;
  }

  insert(at: VertexAt, place?: Place): void {
    const shape = this.shape;
    if (!shape || shape.kind === "circle") return;
    this.setShape(insertVertex(shape, at, place));
    this.select({ ...at, index: at.index + 1 });
  }

  /** Takes a vertex away and selects its neighbour; the last of a shape stay. */
  remove(at: VertexAt): boolean {
    const shape = this.shape;
    const next = shape && deleteVertex(shape, at);
    if (!next) {
      this.refused.set("fewest");
      return false;
    }
    this.setShape(next);
    const before = { ...at, index: Math.max(0, at.index - 1) };
    this.select(vertex(next, before) ? before : null);
    return true;
  }

  /** The next vertex along the rings, or the one before. */
  step(by: number): void {
    const shape = this.shape;
    if (!shape) return;
    const all = runs(shape).flatMap((r) => r.places.map((_, index): VertexAt => ({ part: r.part, ring: r.ring, index })));
    const now = this.selected.get();
    const i = now ? all.findIndex((v) => v.part === now.part && v.ring === now.ring && v.index === now.index) : -1;
    const next = all[i < 0 ? (by > 0 ? 0 : all.length - 1) : (i + by + all.length) % all.length];
    if (next) this.select(next);
  }

  begin(tool: Tool): void {
    this.refused.set("");
    this.select(null);
    this.sketch.set({ tool, places: [], pointer: undefined });
  }

  cancel(): void {
    this.sketch.set(NO_SKETCH);
  }

  point(place: Place | undefined): void {
    const s = this.sketch.get();
    if (s.tool) this.sketch.set({ ...s, pointer: place });
  }

  private stepBack(): void {
    const s = this.sketch.get();
    if (s.places.length === 0) this.cancel();
    else this.sketch.set({ ...s, places: s.places.slice(0, -1) });
  }

  /** A click while drawing. `closing` says that it fell on the first place of the ring. */
  put(place: Place, closing = false): void {
    const s = this.sketch.get();
    this.refused.set("");
    if (closing && s.places.length > 2) return this.finish();
    if (s.tool === "circle") {
      const centre = s.places[0];
      if (!centre) return this.sketch.set({ ...s, places: [rounded(place)] });
      const radius = Math.round(metresBetween(centre, place));
      if (radius < 1) return;
      this.setShape({ kind: "circle", centre, radius });
      return this.cancel();
    }
    const last = s.places[s.places.length - 1];
    if (last && metresBetween(last, place) < 0.2) return; // the second half of a double click
    if (s.tool === "hole" && s.places.length === 0 && !this.inAPart(place)) return this.refused.set("outside");
    this.sketch.set({ ...s, places: [...s.places, rounded(place)] });
  }

  private inAPart(place: Place): boolean {
    const shape = this.shape;
    return shape?.kind === "polygon" && shape.parts.some((rings) => within(rings[0] ?? [], place));
  }

  /** Ends the drawing with what there is; too few places are told and drawing goes on. */
  finish(): void {
    const { tool, places } = this.sketch.get();
    const shape = this.shape;
    if (tool === "circle") return void this.refused.set("few");
    if (places.length < (tool === "corridor" ? 2 : 3)) return this.refused.set("few");
    if (tool === "corridor") this.setShape({ kind: "corridor", line: places, width: shape?.kind === "corridor" ? shape.width : DEFAULT_WIDTH_M });
    else if (tool === "hole" && shape) this.setShape(addHole(shape, places));
    else this.setShape(addPart(tool === "part" ? shape : undefined, places));
    this.cancel();
  }
}
