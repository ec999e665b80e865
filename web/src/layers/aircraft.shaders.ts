import { RAMP_GLSL } from "./gl";
import { BLEND_S, GLIDE_S, STALE_SLACK_S } from "../picture/tracks";

/** Floats per aircraft: position 2, velocity 2, blend 2, report time, course, height, interval, bits. */
export const STRIDE = 11;
/** CSS pixels of the sprite: the 16 px glyph with room for the stale ring. */
export const SPRITE_CSS = 28;

export const VERTEX = `#version 300 es
precision highp float;
in vec2 a_position;
in vec2 a_velocity;
in vec2 a_blend;
in float a_time;
in float a_course;
in float a_height;
in float a_interval;
in float a_bits;
uniform vec2 u_scale;
uniform vec2 u_shift;
uniform float u_now;
uniform float u_dpr;
uniform float u_stopped;
uniform float u_dots;
uniform float u_glide;
uniform float u_lag;
${RAMP_GLSL}
out vec4 v_colour;
flat out float v_cell;
flat out float v_hollow;
flat out float v_ring;
flat out float v_dot;
flat out vec2 v_nose;
void main() {
  float bits = a_bits;
  float glyph = mod(bits, 8.0);
  float state = mod(floor(bits / 8.0), 8.0);
  float severity = mod(floor(bits / 64.0), 8.0);
  float present = floor(bits / 512.0);
  if (present < 0.5) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = 0.0;
    return;
  }
  float age = max(0.0, u_now - a_time);
  vec2 p = a_position + u_glide * (a_velocity * min(age, ${GLIDE_S.toFixed(1)})
    + a_blend * max(0.0, 1.0 - age / ${BLEND_S.toFixed(2)}));
  gl_Position = vec4(p * u_scale + u_shift, 0.0, 1.0);
  bool out_of_contact = state == 4.0 || state == 5.0;
  bool unnamed = glyph > 6.5;
  bool stale = u_stopped > 0.5 || out_of_contact || age - u_lag > 2.0 * a_interval + ${STALE_SLACK_S.toFixed(1)};
  bool dot = u_dots > 0.5 && severity < 0.5 && state != 4.0;
  v_dot = dot ? 1.0 : 0.0;
  gl_PointSize = (dot ? 4.0 : ${SPRITE_CSS.toFixed(1)}) * u_dpr;
  v_cell = glyph;
  v_hollow = stale || state == 6.0 ? 1.0 : 0.0;
  v_ring = stale && !unnamed && state != 5.0 && state != 4.0 ? clamp(age / 60.0, 0.02, 1.0) : 0.0;
  vec3 colour = unnamed ? vec3(0.667, 0.706, 0.745) : glyph > 4.5 ? vec3(0.914, 0.929, 0.945) : heightColour(a_height);
  v_colour = unnamed ? vec4(colour, stale ? 0.5 : 1.0) : stale ? vec4(0.541, 0.580, 0.616, 1.0) : vec4(colour, state == 1.0 ? 0.62 : 1.0);
  float c = glyph == 6.0 || a_course < -9000.0 ? 0.0 : radians(a_course);
  v_nose = vec2(cos(c), sin(c));
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
in vec4 v_colour;
flat in float v_cell;
flat in float v_hollow;
flat in float v_ring;
flat in float v_dot;
flat in vec2 v_nose;
uniform sampler2D u_atlas;
uniform float u_dpr;
out vec4 colour;
void main() {
  vec2 p = (gl_PointCoord - 0.5) * ${SPRITE_CSS.toFixed(1)};
  float alpha = 0.0;
  if (v_dot > 0.5) {
    alpha = 1.0 - smoothstep(0.30, 0.5, length(gl_PointCoord - 0.5));
  } else {
    vec2 q = vec2(p.x * v_nose.x + p.y * v_nose.y, -p.x * v_nose.y + p.y * v_nose.x);
    vec2 uv = q / 22.0 + 0.5;
    if (uv.x > 0.0 && uv.x < 1.0 && uv.y > 0.0 && uv.y < 1.0) {
      alpha = texture(u_atlas, vec2((v_cell + uv.x) / 8.0, (v_hollow + uv.y) / 2.0)).a;
    }
    if (v_ring > 0.0) {
      float r = length(p);
      float band = 1.0 - smoothstep(0.5, 1.1, abs(r - 12.2));
      float turn = fract(atan(p.x, -p.y) / 6.2831853 + 1.0);
      alpha = max(alpha, band * (turn < v_ring ? 1.0 : 0.22));
    }
  }
  float a = alpha * v_colour.a;
  if (a < 0.01) discard;
  colour = vec4(v_colour.rgb * a, a);
}`;
