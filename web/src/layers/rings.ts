// Marks around single aircraft: severity ring (dashed while suspected), selection brackets, hover disc, and the dotted
// circle of a lost aircraft that grows at its last speed. Few, so they are quads built anew each frame.

import type { CustomLayerInterface } from "maplibre-gl";
import type { MapContext } from "../map/context";
import { COLOUR, SEVERITY_COLOUR, rgb } from "../map/palette";
import { pixelsPerMetre } from "../map/mercator";
import { membersOf, whereIs } from "../picture/pairs";
import { drawnAt } from "../picture/traffic";
import { TrackState, severityRank } from "../vocabulary";
import { attribute, clipTransform, program, uniforms } from "./gl";

const VERTEX = `#version 300 es
precision highp float;
in vec2 a_centre;
in vec2 a_corner;
in vec2 a_shape;
in vec3 a_colour;
uniform vec2 u_scale;
uniform vec2 u_shift;
uniform vec2 u_pixel;
out vec2 v_at;
flat out vec2 v_shape;
flat out vec3 v_colour;
void main() {
  float half_size = a_shape.y + 3.0;
  v_at = a_corner * half_size;
  v_shape = a_shape;
  v_colour = a_colour;
  gl_Position = vec4(a_centre * u_scale + u_shift + a_corner * vec2(1.0, -1.0) * half_size * u_pixel, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec2 v_at;
flat in vec2 v_shape;
flat in vec3 v_colour;
out vec4 colour;
float band(float d, float half_width) { return 1.0 - smoothstep(half_width - 0.4, half_width + 0.6, abs(d)); }
void main() {
  float kind = v_shape.x;
  float radius = v_shape.y;
  float r = length(v_at);
  float turn = atan(v_at.y, v_at.x) / 6.2831853 + 0.5;
  float a = 0.0;
  if (kind < 0.5) a = band(r - radius, 0.9);
  else if (kind < 1.5) a = band(r - radius, 0.9) * step(fract(turn * 12.0), 0.6);
  else if (kind < 2.5) {
    vec2 p = abs(v_at);
    float edge = max(p.x, p.y);
    a = band(edge - radius, 0.9) * step(radius - 6.0, min(p.x, p.y));
  } else if (kind < 3.5) a = 0.12 * (1.0 - smoothstep(radius - 0.5, radius + 0.5, r));
  else {
    float dots = floor(6.2831853 * radius / 6.0);
    float d = abs(fract(turn * dots) - 0.5) * 6.0;
    a = 0.85 * band(length(vec2(d, r - radius)), 0.9) + 0.05 * step(r, radius);
  }
  if (a < 0.01) discard;
  colour = vec4(v_colour * a, a);
}`;

const SOLID = 0;
const DASHED = 1;
const BRACKETS = 2;
const DISC = 3;
const GROWING = 4;

const STRIDE = 9;
const MAX_MARKS = 2000;
const PULSE_MS = 2000;
const UNIFORMS = ["u_scale", "u_shift", "u_pixel"] as const;

export class RingsLayer implements CustomLayerInterface {
  readonly id = "rings";
  readonly type = "custom" as const;
  readonly renderingMode = "2d" as const;
  private gl!: WebGL2RenderingContext;
  private program!: WebGLProgram;
  private at!: Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;
  private array: WebGLVertexArrayObject | null = null;
  private buffer: WebGLBuffer | null = null;
  private data = new Float32Array(MAX_MARKS * 6 * STRIDE);
  private marks = 0;
  /** When a red alert first appeared here: its ring pulses three times in two seconds, then stays still. */
  private pulses = new Map<string, number>();

  constructor(private readonly context: MapContext) {}

  onAdd(_map: unknown, context: WebGLRenderingContext | WebGL2RenderingContext): void {
    const gl = (this.gl = context as WebGL2RenderingContext);
    this.program = program(gl, VERTEX, FRAGMENT, ["a_centre", "a_corner", "a_shape", "a_colour"]);
    this.at = uniforms(gl, this.program, UNIFORMS);
    this.buffer = gl.createBuffer();
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.data.byteLength, gl.DYNAMIC_DRAW);
    attribute(gl, 0, 2, STRIDE, 0);
    attribute(gl, 1, 2, STRIDE, 2);
    attribute(gl, 2, 2, STRIDE, 4);
    attribute(gl, 3, 3, STRIDE, 6);
    gl.bindVertexArray(null);
  }

  onRemove(): void {
    this.gl.deleteBuffer(this.buffer);
    this.gl.deleteVertexArray(this.array);
    this.gl.deleteProgram(this.program);
  }

  /** Whether a ring is still pulsing, so that frames must follow each other. */
  pulsing(now: number): boolean {
    for (const t of this.pulses.values()) if (now - t < PULSE_MS) return true;
    return false;
  }

  render(): void {
    this.collect();
    if (this.marks === 0) return;
    const { gl, context } = this;
    const camera = context.camera();
    const { scale, shift } = clipTransform(camera, context.originX, context.originY);
    gl.useProgram(this.program);
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.data, 0, this.marks * 6 * STRIDE);
    gl.uniform2fv(this.at.u_scale, scale);
    gl.uniform2fv(this.at.u_shift, shift);
    gl.uniform2f(this.at.u_pixel, 2 / camera.width, 2 / camera.height);
    gl.disable(gl.DEPTH_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArrays(gl.TRIANGLES, 0, this.marks * 6);
    gl.bindVertexArray(null);
  }

  private collect(): void {
    const { world, hovered } = this.context;
    const { tracks } = world;
    const now = this.context.now();
    this.marks = 0;
    this.lostCircles(now);
    const hover = tracks.slotOf(hovered);
    if (hover !== undefined) this.add(hover, DISC, 15, "#ffffff", now);
    const seen = new Set<string>();
    for (const a of world.alerts.get().active) {
      for (const m of membersOf(a)) {
        const key = `${m.kind} ${m.id}`;
        const slot = m.kind === "aircraft" ? tracks.slotOf(m.id) : -1;
        if (slot === undefined || seen.has(key)) continue; // the list is in order: the first is the worst
        seen.add(key);
        const suspected = a.state === "pending" || a.variant === "predicted";
        const radius = 12 + this.pulse(a.id, a.severity === "warning" && a.state === "firing", now);
        const colour = SEVERITY_COLOUR[severityRank(a.severity)] ?? COLOUR.warning;
        if (slot >= 0) this.add(slot, suspected ? DASHED : SOLID, radius, colour, now);
        else this.put(whereIs(world, m, now), suspected ? DASHED : SOLID, radius + 7, colour);
      }
    }
    const target = world.traffic.get().get(world.selectedTraffic.get());
    if (target) this.put(drawnAt(target, now), BRACKETS, 22, "#ffffff");
    const selected = tracks.slotOf(world.selected.get());
    if (selected !== undefined) this.add(selected, BRACKETS, 17, "#ffffff", now);
  }

  private lostCircles(now: number): void {
    const { tracks } = this.context.world;
    const perMetre = pixelsPerMetre(this.context.camera());
    for (let s = 0; s < tracks.used && this.marks < MAX_MARKS / 2; s++) {
      if (!tracks.hasFix[s] || tracks.state[s] !== TrackState.lost || tracks.unnamed(s)) continue;
      const speed = tracks.speed[s]!;
      const metres = (speed === speed ? speed : 0) * Math.min(tracks.age(s, now), 1800);
      this.add(s, GROWING, Math.min(2000, Math.max(18, metres * perMetre)), COLOUR.stale, now);
    }
  }

  private pulse(id: string, red: boolean, now: number): number {
    if (!red || this.context.still) return 0;
    let began = this.pulses.get(id);
    if (began === undefined) {
      this.pulses.set(id, (began = now));
      if (this.pulses.size > 500) this.pulses.delete(this.pulses.keys().next().value ?? "");
    }
    const t = now - began;
    return t < PULSE_MS ? 5 * Math.abs(Math.sin((t / PULSE_MS) * 3 * Math.PI)) : 0;
  }

  private add(slot: number, kind: number, radius: number, colour: string, now: number): void {
    const { tracks } = this.context.world;
    if (!tracks.hasFix[slot] || this.marks >= MAX_MARKS) return;
    const still = this.context.still;
    this.put(still ? [tracks.x[slot]!, tracks.y[slot]!] : [tracks.drawnX(slot, now), tracks.drawnY(slot, now)], kind, radius, colour);
  }

  private put(at: [number, number] | null, kind: number, radius: number, colour: string): void {
    if (!at || this.marks >= MAX_MARKS) return;
    const [x, y] = [at[0] - this.context.originX, at[1] - this.context.originY];
    const [r, g, b] = rgb(colour);
    let o = this.marks * 6 * STRIDE;
    for (const [cx, cy] of [[-1, -1], [1, -1], [-1, 1], [-1, 1], [1, -1], [1, 1]] as const) {
      this.data.set([x, y, cx, cy, kind, radius, r, g, b], o);
      o += STRIDE;
    }
    this.marks++;
  }
}
