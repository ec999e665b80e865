// Where each aircraft will be in thirty seconds if it keeps on: a thin line ahead of the nose. Only close in, where it
// is longer than the glyph, and only for reports that are fresh: a stale aircraft promises nothing. Crewed traffic has one
// from further out: it is faster. And a line between the two of each pair that is too near, in its severity's colour.

import type { CustomLayerInterface } from "maplibre-gl";
import type { MapContext } from "../map/context";
import { screenX, screenY } from "../map/mercator";
import { COLOUR, SEVERITY_COLOUR, heightColour, rgb } from "../map/palette";
import { membersOf, whereIs } from "../picture/pairs";
import { drawnAt, isStale } from "../picture/traffic";
import { severityRank } from "../vocabulary";
import { attribute, clipTransform, program, uniforms } from "./gl";

const VERTEX = `#version 300 es
precision highp float;
in vec2 a_position;
in vec4 a_colour;
uniform vec2 u_scale;
uniform vec2 u_shift;
out vec4 v_colour;
void main() {
  v_colour = a_colour;
  gl_Position = vec4(a_position * u_scale + u_shift, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 v_colour;
out vec4 colour;
void main() { colour = v_colour; }`;

const UNIFORMS = ["u_scale", "u_shift"] as const;
const STRIDE = 6;
const MOST = 2000;
const MOST_OTHERS = 1500; // crewed traffic and pairs
const AHEAD_S = 30;
const ZOOM = 10.5;

/** Of traffic without a name. */
const NEUTRAL = rgb(COLOUR.text2);

export class VectorsLayer implements CustomLayerInterface {
  readonly id = "vectors";
  readonly type = "custom" as const;
  readonly renderingMode = "2d" as const;
  private gl!: WebGL2RenderingContext;
  private program!: WebGLProgram;
  private at!: Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;
  private array: WebGLVertexArrayObject | null = null;
  private buffer: WebGLBuffer | null = null;
  private data = new Float32Array((MOST + MOST_OTHERS) * 2 * STRIDE);
  private colours = new Map<number, [number, number, number]>();

  constructor(private readonly context: MapContext) {}

  onAdd(_map: unknown, context: WebGLRenderingContext | WebGL2RenderingContext): void {
    const gl = (this.gl = context as WebGL2RenderingContext);
    this.program = program(gl, VERTEX, FRAGMENT, ["a_position", "a_colour"]);
    this.at = uniforms(gl, this.program, UNIFORMS);
    this.buffer = gl.createBuffer();
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.data.byteLength, gl.DYNAMIC_DRAW);
    attribute(gl, 0, 2, STRIDE, 0);
    attribute(gl, 1, 4, STRIDE, 2);
    gl.bindVertexArray(null);
  }

  onRemove(): void {
    this.gl.deleteBuffer(this.buffer);
    this.gl.deleteVertexArray(this.array);
    this.gl.deleteProgram(this.program);
  }

  render(): void {
    const { gl, context } = this;
    const camera = context.camera();
    const floats = context.stopped() ? this.pairs(0) : this.traffic(this.pairs(camera.zoom < ZOOM ? 0 : this.collect()));
    if (floats === 0) return;
    const { scale, shift } = clipTransform(camera, context.originX, context.originY);
    gl.useProgram(this.program);
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.data, 0, floats);
    gl.uniform2fv(this.at.u_scale, scale);
    gl.uniform2fv(this.at.u_shift, shift);
    gl.disable(gl.DEPTH_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArrays(gl.LINES, 0, floats / STRIDE);
    gl.bindVertexArray(null);
  }

  private collect(): number {
    const { context, data } = this;
    const { tracks } = context.world;
    const camera = context.camera();
    const now = context.now();
    let o = 0;
    for (let s = 0; s < tracks.used && o < MOST * 2 * STRIDE; s++) {
      if (!tracks.hasFix[s] || !context.shown(s) || !(tracks.speed[s]! > 0.5) || tracks.stale(s, now)) continue;
      const x = tracks.drawnX(s, now);
      const y = tracks.drawnY(s, now);
      const px = screenX(camera, x);
      const py = screenY(camera, y);
      if (px < -500 || py < -500 || px > camera.width + 500 || py > camera.height + 500) continue;
      const [r, g, b] = tracks.unnamed(s) ? NEUTRAL : this.colour(tracks.agl[s]!);
      data.set([x - context.originX, y - context.originY, r * 0.7, g * 0.7, b * 0.7, 0.7], o);
      data.set([x + tracks.vx[s]! * AHEAD_S - context.originX, y + tracks.vy[s]! * AHEAD_S - context.originY, r * 0.35, g * 0.35, b * 0.35, 0.35], o + STRIDE);
      o += 2 * STRIDE;
    }
    return o;
  }

  private traffic(from: number): number {
    const { context, data } = this;
    const now = context.now();
    let o = from;
    for (const t of context.world.traffic.get().values()) {
      if (o + 2 * STRIDE > data.length) break;
      if ((t.vx === 0 && t.vy === 0) || isStale(t, now)) continue;
      const [x, y] = drawnAt(t, now);
      data.set([x - context.originX, y - context.originY, 0.7, 0.7, 0.7, 0.7], o);
      data.set([x + t.vx * AHEAD_S - context.originX, y + t.vy * AHEAD_S - context.originY, 0.35, 0.35, 0.35, 0.35], o + STRIDE);
      o += 2 * STRIDE;
    }
    return o;
  }

  private pairs(from: number): number {
    const { context, data } = this;
    const now = context.now();
    let o = from;
    for (const a of context.world.alerts.get().active) {
      if (a.object.kind !== "pair" || o + 2 * STRIDE > data.length) continue;
      const [one, other] = membersOf(a).map((m) => whereIs(context.world, m, now));
      if (!one || !other) continue;
      const [r, g, b] = rgb(SEVERITY_COLOUR[severityRank(a.severity)] ?? COLOUR.warning);
      for (const [x, y] of [one, other]) {
        data.set([x - context.originX, y - context.originY, r, g, b, 1], o);
        o += STRIDE;
      }
    }
    return o;
  }

  private colour(agl: number): [number, number, number] {
    const key = agl === agl ? Math.round(Math.min(300, Math.max(0, agl)) / 2) : -1;
    let c = this.colours.get(key);
    if (!c) {
      const m = heightColour(key < 0 ? NaN : key * 2).match(/\d+/g)?.map(Number);
      c = m && m.length >= 3 && key >= 0 ? [m[0]! / 255, m[1]! / 255, m[2]! / 255] : [0.914, 0.929, 0.945];
      this.colours.set(key, c);
    }
    return c;
  }
}
