// What every own WebGL2 layer needs: a program, and the camera as one scale and one shift.

import type { Camera } from "../map/mercator";

export function program(gl: WebGL2RenderingContext, vertex: string, fragment: string, attributes: string[]): WebGLProgram {
  const p = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error("the WebGL context is lost");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(gl.getShaderInfoLog(shader) ?? "shader");
    }
    gl.attachShader(p, shader);
  }
  attributes.forEach((name, i) => gl.bindAttribLocation(p, i, name));
  gl.linkProgram(p);
  if (!gl.getProgramParameter(p, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(p) ?? "link");
  return p;
}

/** Names → locations, asked once per program. */
export function uniforms<N extends string>(gl: WebGL2RenderingContext, p: WebGLProgram, names: readonly N[]): Record<N, WebGLUniformLocation | null> {
  return Object.fromEntries(names.map((n) => [n, gl.getUniformLocation(p, n)])) as Record<N, WebGLUniformLocation | null>;
}

/**
 * The camera for positions given relative to an origin, as clip = position × scale + shift. Doubles meet here; 32-bit
 * floats only hold what is left, so an aircraft does not shake at high zoom.
 */
export function clipTransform(c: Camera, originX: number, originY: number): { scale: [number, number]; shift: [number, number] } {
  const sx = (2 * c.scale) / c.width;
  const sy = (-2 * c.scale) / c.height;
  return { scale: [sx, sy], shift: [(originX - c.x) * sx, (originY - c.y) * sy] };
}

export function attribute(gl: WebGL2RenderingContext, index: number, size: number, strideFloats: number, offsetFloats: number): void {
  gl.enableVertexAttribArray(index);
  gl.vertexAttribPointer(index, size, gl.FLOAT, false, strideFloats * 4, offsetFloats * 4);
}

export const RAMP_GLSL = `
uniform vec3 u_ramp[8];
vec3 heightColour(float h) {
  if (h < -9000.0) return vec3(0.914, 0.929, 0.945);
  h = clamp(h, 0.0, 300.0);
  if (h <= 40.0) return mix(u_ramp[0], u_ramp[1], h / 40.0);
  if (h <= 80.0) return mix(u_ramp[1], u_ramp[2], (h - 40.0) / 40.0);
  if (h <= 120.0) return mix(u_ramp[2], u_ramp[3], (h - 80.0) / 40.0);
  if (h <= 180.0) return mix(u_ramp[4], u_ramp[5], (h - 120.0) / 60.0);
  if (h <= 240.0) return mix(u_ramp[5], u_ramp[6], (h - 180.0) / 60.0);
  return mix(u_ramp[6], u_ramp[7], (h - 240.0) / 60.0);
}`;

/** Written for an absent height in vertex data: NaN is not dependable in shaders. */
export const ABSENT = -9999;
