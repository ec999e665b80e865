// Trails of all aircraft: thin lines over a static index, two draws around the ring's seam; fading by the sample's row.
// The selected and alerting ones get quads, because GL lines are one pixel wide everywhere.

import type { CustomLayerInterface } from "maplibre-gl";
import type { MapContext } from "../map/context";
import { RAMP_RGB } from "../map/palette";
import { RAMP_GLSL, attribute, clipTransform, program, uniforms } from "./gl";
import { SAMPLE, STEPS, type TrailRing } from "./trail-ring";

const THIN = `#version 300 es
precision highp float;
in vec3 a_sample;
uniform vec2 u_scale;
uniform vec2 u_shift;
uniform int u_width;
uniform int u_head;
uniform float u_grey;
${RAMP_GLSL}
out vec4 v_colour;
void main() {
  int row = gl_VertexID / u_width;
  float old = float((u_head - row + ${STEPS}) % ${STEPS}) / ${STEPS}.0;
  gl_Position = vec4(a_sample.xy * u_scale + u_shift, 0.0, 1.0);
  vec3 c = u_grey > 0.5 ? vec3(0.541, 0.580, 0.616) : heightColour(a_sample.z);
  v_colour = vec4(c, 1.0) * (0.75 * (1.0 - old));
}`;

const WIDE = `#version 300 es
precision highp float;
in vec3 a_sample;
in vec2 a_next;
in vec2 a_way;
uniform vec2 u_scale;
uniform vec2 u_shift;
uniform vec2 u_pixel;
uniform float u_grey;
${RAMP_GLSL}
out vec4 v_colour;
void main() {
  vec2 p = a_sample.xy * u_scale + u_shift;
  vec2 q = a_next * u_scale + u_shift;
  vec2 along = (q - p) / u_pixel;
  float l = length(along);
  vec2 normal = l > 0.001 ? vec2(-along.y, along.x) / l : vec2(0.0);
  gl_Position = vec4(p + normal * a_way.x * 1.5 * u_pixel, 0.0, 1.0);
  vec3 c = u_grey > 0.5 ? vec3(0.541, 0.580, 0.616) : heightColour(a_sample.z);
  v_colour = vec4(c, 1.0) * (0.25 + 0.65 * a_way.y);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 v_colour;
out vec4 colour;
void main() { colour = v_colour; }`;

const UNIFORMS = ["u_scale", "u_shift", "u_width", "u_head", "u_grey", "u_ramp", "u_pixel"] as const;
type Uniforms = Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;
const WIDE_STRIDE = 7;
const MAX_WIDE = 64;

export class TrailsLayer implements CustomLayerInterface {
  readonly id = "trails";
  readonly type = "custom" as const;
  readonly renderingMode = "2d" as const;
  /** When the own layers of the newest frame began to draw, ms: trails are the lowest of them. */
  startedAt = 0;
  private gl!: WebGL2RenderingContext;
  private thin!: { program: WebGLProgram; at: Uniforms; array: WebGLVertexArrayObject | null };
  private wide!: { program: WebGLProgram; at: Uniforms; array: WebGLVertexArrayObject | null };
  private samples: WebGLBuffer | null = null;
  private index: WebGLBuffer | null = null;
  private quads: WebGLBuffer | null = null;
  private indexed = 0;
  private wideData = new Float32Array(MAX_WIDE * STEPS * 6 * WIDE_STRIDE);

  constructor(
    private readonly context: MapContext,
    private readonly ring: TrailRing,
  ) {}

  onAdd(_map: unknown, context: WebGLRenderingContext | WebGL2RenderingContext): void {
    const gl = (this.gl = context as WebGL2RenderingContext);
    const make = (vertex: string, names: string[]) => {
      const p = program(gl, vertex, FRAGMENT, names);
      return { program: p, at: uniforms(gl, p, UNIFORMS), array: gl.createVertexArray() };
    };
    this.thin = make(THIN, ["a_sample"]);
    this.wide = make(WIDE, ["a_sample", "a_next", "a_way"]);
    this.samples = gl.createBuffer();
    this.index = gl.createBuffer();
    this.quads = gl.createBuffer();
    gl.bindVertexArray(this.thin.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.samples);
    attribute(gl, 0, 3, SAMPLE, 0);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.index);
    gl.bindVertexArray(this.wide.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.quads);
    gl.bufferData(gl.ARRAY_BUFFER, this.wideData.byteLength, gl.DYNAMIC_DRAW);
    attribute(gl, 0, 3, WIDE_STRIDE, 0);
    attribute(gl, 1, 2, WIDE_STRIDE, 3);
    attribute(gl, 2, 2, WIDE_STRIDE, 5);
    gl.bindVertexArray(null);
    this.indexed = 0;
    this.ring.dirtyAll = true;
  }

  onRemove(): void {
    const { gl } = this;
    for (const b of [this.samples, this.index, this.quads]) gl.deleteBuffer(b);
    for (const p of [this.thin, this.wide]) {
      gl.deleteVertexArray(p.array);
      gl.deleteProgram(p.program);
    }
  }

  render(): void {
    const { gl, ring, context } = this;
    this.startedAt = performance.now();
    if (ring.capacity === 0) return;
    this.upload();
    gl.disable(gl.DEPTH_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    if (context.trails) this.drawThin();
    this.drawWide();
    gl.bindVertexArray(null);
  }

  private drawThin(): void {
    const { gl, ring, thin } = this;
    this.common(thin);
    gl.uniform1i(thin.at.u_width, ring.capacity);
    gl.uniform1i(thin.at.u_head, ring.head);
    // Row k joins k to k+1; the row that would join the head to the oldest sample is left out.
    const perRow = ring.capacity * 2;
    const before = ring.head;
    const after = STEPS - 1 - ring.head;
    if (before > 0) gl.drawElements(gl.LINES, before * perRow, gl.UNSIGNED_INT, 0);
    if (after > 0) gl.drawElements(gl.LINES, after * perRow, gl.UNSIGNED_INT, (ring.head + 1) * perRow * 4);
  }

  private drawWide(): void {
    const { gl, wide, context } = this;
    const slots = this.wideSlots();
    if (slots.length === 0) return;
    let o = 0;
    for (const slot of slots) o = this.quadsOf(slot, o);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.quads);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.wideData, 0, o);
    this.common(wide);
    const camera = context.camera();
    gl.uniform2f(wide.at.u_pixel, 2 / camera.width, 2 / camera.height);
    gl.drawArrays(gl.TRIANGLES, 0, o / WIDE_STRIDE);
  }

  private wideSlots(): number[] {
    const { tracks, alerts, selected } = this.context.world;
    const slots = new Set<number>();
    const chosen = tracks.slotOf(selected.get());
    if (chosen !== undefined && tracks.hasFix[chosen]) slots.add(chosen);
    for (const a of alerts.get().active) {
      if (slots.size >= MAX_WIDE) break;
      const slot = a.object.kind === "aircraft" ? tracks.slotOf(a.object.id) : undefined;
      if (slot !== undefined && tracks.hasFix[slot]) slots.add(slot);
    }
    return [...slots];
  }

  private quadsOf(slot: number, o: number): number {
    const d = this.wideData;
    const points = [...this.ring.history(slot)];
    for (let i = 1; i < points.length; i++) {
      const [x0, y0, h0] = points[i - 1]!;
      const [x1, y1, h1] = points[i]!;
      if (x0 === x1 && y0 === y1) continue;
      const a0 = 1 - (points.length - i) / STEPS;
      const a1 = 1 - (points.length - 1 - i) / STEPS;
      // The far end looks back, so its sides swap.
      const corner = (x: number, y: number, h: number, nx: number, ny: number, side: number, fade: number): void => {
        d.set([x, y, h, nx, ny, side, fade], o);
        o += WIDE_STRIDE;
      };
      corner(x0, y0, h0, x1, y1, 1, a0);
      corner(x0, y0, h0, x1, y1, -1, a0);
      corner(x1, y1, h1, x0, y0, -1, a1);
      corner(x1, y1, h1, x0, y0, -1, a1);
      corner(x0, y0, h0, x1, y1, -1, a0);
      corner(x1, y1, h1, x0, y0, 1, a1);
    }
    return o;
  }

  private common(p: { program: WebGLProgram; at: Uniforms; array: WebGLVertexArrayObject | null }): void {
    const { gl, context } = this;
    const { scale, shift } = clipTransform(context.camera(), context.originX, context.originY);
    gl.useProgram(p.program);
    gl.bindVertexArray(p.array);
    gl.uniform2fv(p.at.u_scale, scale);
    gl.uniform2fv(p.at.u_shift, shift);
    gl.uniform1f(p.at.u_grey, context.stopped() ? 1 : 0);
    gl.uniform3fv(p.at.u_ramp, RAMP_RGB);
  }

  private upload(): void {
    const { gl, ring } = this;
    gl.bindVertexArray(null);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.samples);
    if (this.indexed !== ring.capacity) {
      this.buildIndex(ring.capacity);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.samples);
      ring.dirtyAll = true;
    }
    const row = ring.capacity * SAMPLE;
    if (ring.dirtyAll) gl.bufferData(gl.ARRAY_BUFFER, ring.data, gl.DYNAMIC_DRAW);
    else for (const k of ring.dirtyRows) gl.bufferSubData(gl.ARRAY_BUFFER, k * row * 4, ring.data, k * row, row);
    ring.dirtyAll = false;
    ring.dirtyRows.clear();
  }

  private buildIndex(width: number): void {
    const { gl } = this;
    const index = new Uint32Array(STEPS * width * 2);
    let o = 0;
    for (let k = 0; k < STEPS; k++) {
      const next = ((k + 1) % STEPS) * width;
      for (let i = 0; i < width; i++) {
        index[o++] = k * width + i;
        index[o++] = next + i;
      }
    }
    gl.bindVertexArray(this.thin.array);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.index);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, index, gl.STATIC_DRAW);
    gl.bindVertexArray(null);
    this.indexed = width;
  }
}
