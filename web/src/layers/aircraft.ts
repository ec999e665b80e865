// Aircraft glyphs as one gl.POINTS draw, no instancing (web.md §2: it collapses on software rasterisers). The vertex
// shader glides each aircraft, so a frame without news uploads nothing.

import type { CustomLayerInterface } from "maplibre-gl";
import type { MapContext } from "../map/context";
import { RAMP_RGB } from "../map/palette";
import { ANONYMOUS } from "../picture/kinds";
import { ABSENT, attribute, clipTransform, program, uniforms } from "./gl";
import { drawAtlas } from "./atlas";
import { FRAGMENT, STRIDE, VERTEX } from "./aircraft.shaders";

const ATTRIBUTES: readonly [string, number, number][] = [
  ["a_position", 2, 0], ["a_velocity", 2, 2], ["a_blend", 2, 4], ["a_time", 1, 6], ["a_course", 1, 7],
  ["a_height", 1, 8], ["a_interval", 1, 9], ["a_bits", 1, 10],
];
const UNIFORMS = ["u_scale", "u_shift", "u_now", "u_dpr", "u_stopped", "u_dots", "u_glide", "u_lag", "u_ramp", "u_atlas"] as const;

/** Below this zoom aircraft are dots; alerting ones stay whole. */
export const DOT_ZOOM = 8.2;

export class AircraftLayer implements CustomLayerInterface {
  readonly id = "aircraft";
  readonly type = "custom" as const;
  readonly renderingMode = "2d" as const;
  /** Aircraft with a name drawn by the newest frame, and traffic without one. */
  drawn = 0;
  drawnUnnamed = 0;
  private gl!: WebGL2RenderingContext;
  private program!: WebGLProgram;
  private at!: Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;
  private array: WebGLVertexArrayObject | null = null;
  private buffer: WebGLBuffer | null = null;
  private texture: WebGLTexture | null = null;
  private data = new Float32Array(0);
  private capacity = 0;
  private seen = -1;
  private seenFilter = -1;

  constructor(private readonly context: MapContext) {}

  // Called again after a lost context is restored: everything on the GPU is made anew.
  onAdd(_map: unknown, context: WebGLRenderingContext | WebGL2RenderingContext): void {
    const gl = (this.gl = context as WebGL2RenderingContext);
    this.program = program(gl, VERTEX, FRAGMENT, ATTRIBUTES.map(([name]) => name));
    this.at = uniforms(gl, this.program, UNIFORMS);
    this.buffer = gl.createBuffer();
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    ATTRIBUTES.forEach(([, size, offset], i) => attribute(gl, i, size, STRIDE, offset));
    gl.bindVertexArray(null);
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, drawAtlas());
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    this.capacity = 0;
    this.seen = -1;
  }

  onRemove(): void {
    this.gl.deleteBuffer(this.buffer);
    this.gl.deleteVertexArray(this.array);
    this.gl.deleteTexture(this.texture);
    this.gl.deleteProgram(this.program);
  }

  render(): void {
    const { gl, context } = this;
    const { tracks } = context.world;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    if (tracks.version !== this.seen || context.filterVersion !== this.seenFilter) this.upload();
    const camera = context.camera();
    const { scale, shift } = clipTransform(camera, context.originX, context.originY);
    gl.useProgram(this.program);
    gl.bindVertexArray(this.array);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.uniform1i(this.at.u_atlas, 0);
    gl.uniform2fv(this.at.u_scale, scale);
    gl.uniform2fv(this.at.u_shift, shift);
    gl.uniform1f(this.at.u_now, (context.now() - context.epoch) / 1000);
    gl.uniform1f(this.at.u_dpr, context.dpr());
    gl.uniform1f(this.at.u_stopped, context.stopped() ? 1 : 0);
    gl.uniform1f(this.at.u_dots, camera.zoom < DOT_ZOOM ? 1 : 0);
    gl.uniform1f(this.at.u_glide, context.still ? 0 : 1);
    gl.uniform1f(this.at.u_lag, tracks.lag);
    gl.uniform3fv(this.at.u_ramp, RAMP_RGB);
    gl.disable(gl.DEPTH_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArrays(gl.POINTS, 0, tracks.used);
    gl.bindVertexArray(null);
  }

  private upload(): void {
    const { gl, context } = this;
    const t = context.world.tracks;
    if (this.capacity < t.capacity) {
      this.capacity = t.capacity;
      this.data = new Float32Array(this.capacity * STRIDE);
      gl.bufferData(gl.ARRAY_BUFFER, this.data.byteLength, gl.DYNAMIC_DRAW);
    }
    const d = this.data;
    const all = context.unfiltered;
    const { originX, originY, epoch } = context;
    // Locals: ten thousand rows once a second, and each property would be looked up anew.
    const { used, hasFix, x, y, vx, vy, ex, ey, reportedAt, course, agl, interval, glyph, state, severity } = t;
    let drawn = 0;
    let unnamed = 0;
    for (let s = 0, o = 0; s < used; s++, o += STRIDE) {
      if (!hasFix[s] || !(all || context.shown(s))) {
        d[o + 10] = 0;
        continue;
      }
      if (glyph[s] === ANONYMOUS) unnamed++;
      else drawn++;
      const c = course[s]!;
      const h = agl[s]!;
      d[o] = x[s]! - originX;
      d[o + 1] = y[s]! - originY;
      d[o + 2] = vx[s]!;
      d[o + 3] = vy[s]!;
      d[o + 4] = ex[s]!;
      d[o + 5] = ey[s]!;
      d[o + 6] = (reportedAt[s]! - epoch) / 1000;
      d[o + 7] = c === c ? c : ABSENT;
      d[o + 8] = h === h ? h : ABSENT;
      d[o + 9] = interval[s]!;
      d[o + 10] = glyph[s]! + 8 * state[s]! + 64 * severity[s]! + 512;
    }
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, d, 0, t.used * STRIDE);
    this.drawn = drawn;
    this.drawnUnnamed = unnamed;
    this.seen = t.version;
    this.seenFilter = context.filterVersion;
  }
}
