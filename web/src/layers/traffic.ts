// Crewed traffic: a large white outline, nose along its course, over everything that flies without crew. Grey once it has
// not been heard of for a while. Few, so they are quads built anew each frame.

import type { CustomLayerInterface } from "maplibre-gl";
import type { MapContext } from "../map/context";
import { screenX, screenY } from "../map/mercator";
import { COLOUR, rgb } from "../map/palette";
import { drawnAt, isStale } from "../picture/traffic";
import { drawGlyph } from "./atlas";
import { attribute, clipTransform, program, uniforms } from "./gl";

const VERTEX = `#version 300 es
precision highp float;
in vec2 a_centre;
in vec2 a_offset;
in vec2 a_texture;
in vec3 a_colour;
uniform vec2 u_scale;
uniform vec2 u_shift;
uniform vec2 u_pixel;
out vec2 v_texture;
flat out vec3 v_colour;
void main() {
  v_texture = a_texture;
  v_colour = a_colour;
  gl_Position = vec4(a_centre * u_scale + u_shift + a_offset * u_pixel, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D u_glyph;
in vec2 v_texture;
flat in vec3 v_colour;
out vec4 colour;
void main() {
  float a = texture(u_glyph, v_texture).a;
  colour = vec4(v_colour * a, a);
}`;

const STRIDE = 9;
const MOST = 1000;
/** CSS pixels of the glyph's box, and of its picture. */
const SIZE = 34;
const PICTURE = 128;
const UNIFORMS = ["u_scale", "u_shift", "u_pixel", "u_glyph"] as const;
const CORNERS = [[-1, -1], [1, -1], [-1, 1], [-1, 1], [1, -1], [1, 1]] as const;

export class TrafficLayer implements CustomLayerInterface {
  readonly id = "traffic";
  readonly type = "custom" as const;
  readonly renderingMode = "2d" as const;
  /** Targets drawn by the newest frame, for tests. */
  drawn = 0;
  private gl!: WebGL2RenderingContext;
  private program!: WebGLProgram;
  private at!: Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>;
  private array: WebGLVertexArrayObject | null = null;
  private buffer: WebGLBuffer | null = null;
  private texture: WebGLTexture | null = null;
  private data = new Float32Array(MOST * 6 * STRIDE);

  constructor(private readonly context: MapContext) {}

  onAdd(_map: unknown, context: WebGLRenderingContext | WebGL2RenderingContext): void {
    const gl = (this.gl = context as WebGL2RenderingContext);
    this.program = program(gl, VERTEX, FRAGMENT, ["a_centre", "a_offset", "a_texture", "a_colour"]);
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
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture());
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  }

  onRemove(): void {
    this.gl.deleteBuffer(this.buffer);
    this.gl.deleteVertexArray(this.array);
    this.gl.deleteTexture(this.texture);
    this.gl.deleteProgram(this.program);
  }

  render(): void {
    this.collect();
    if (this.drawn === 0) return;
    const { gl, context } = this;
    const camera = context.camera();
    const { scale, shift } = clipTransform(camera, context.originX, context.originY);
    gl.useProgram(this.program);
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, this.data, 0, this.drawn * 6 * STRIDE);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.uniform1i(this.at.u_glyph, 0);
    gl.uniform2fv(this.at.u_scale, scale);
    gl.uniform2fv(this.at.u_shift, shift);
    gl.uniform2f(this.at.u_pixel, 2 / camera.width, -2 / camera.height);
    gl.disable(gl.DEPTH_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArrays(gl.TRIANGLES, 0, this.drawn * 6);
    gl.bindVertexArray(null);
  }

  private collect(): void {
    const { context, data } = this;
    const now = context.now();
    const camera = context.camera();
    const stopped = context.stopped();
    let o = 0;
    this.drawn = 0;
    for (const t of context.world.traffic.get().values()) {
      if (this.drawn >= MOST) break;
      const [x, y] = drawnAt(t, now);
      const [px, py] = [screenX(camera, x), screenY(camera, y)];
      if (px < -SIZE || py < -SIZE || px > camera.width + SIZE || py > camera.height + SIZE) continue;
      const angle = t.course === t.course ? (t.course * Math.PI) / 180 : 0;
      const [c, s] = [Math.cos(angle) * (SIZE / 2), Math.sin(angle) * (SIZE / 2)];
      const [r, g, b] = rgb(stopped || isStale(t, now) ? COLOUR.stale : "#ffffff");
      for (const [cx, cy] of CORNERS) {
        data.set([x - context.originX, y - context.originY, cx * c - cy * s, cx * s + cy * c, (cx + 1) / 2, (cy + 1) / 2, r, g, b], o);
        o += STRIDE;
      }
      this.drawn++;
    }
  }
}

function picture(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = PICTURE;
  const c = canvas.getContext("2d");
  if (!c) return canvas;
  c.fillStyle = c.strokeStyle = "#fff";
  c.translate(PICTURE / 2, PICTURE / 2);
  c.scale(PICTURE / 23, PICTURE / 23);
  drawGlyph(c, "crewed", true);
  return canvas;
}
