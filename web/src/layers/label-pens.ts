// How labels look on the canvas.

import type { MapContext } from "../map/context";
import { mercatorX, mercatorY, screenX, screenY, type Camera } from "../map/mercator";
import { COLOUR, SEVERITY_COLOUR, heightColour } from "../map/palette";
import { severityRank } from "../vocabulary";
import type { GraticuleLayer } from "./graticule";
import { ageText } from "./label-text";
import type { Placed } from "./labels";
import { overlap, type Box } from "./placement";

export type Pen = CanvasRenderingContext2D;

const FAMILY = '"Inter Variable","Noto Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif';
const FONT_11 = `400 11px ${FAMILY}`;
const FONT_12 = `400 12px ${FAMILY}`;
const FONT_12_BOLD = `600 12px ${FAMILY}`;
const PLATE = "rgba(15,19,23,0.86)";

const widths = new Map<string, number>();

function widthOf(pen: Pen, font: string, text: string): number {
  const key = font + text;
  let w = widths.get(key);
  if (w === undefined) {
    if (widths.size > 4000) widths.clear();
    pen.font = font;
    widths.set(key, (w = pen.measureText(text).width));
  }
  return w;
}

/** The box a label needs. Values that change each second get the room of their widest, so that labels do not jitter. */
export function measureLabel(pen: Pen, kind: "alert" | "ordinary" | "traffic" | "zone" | "place", lines: string[]): { width: number; height: number } {
  const [a = "", b = "", c = ""] = lines;
  switch (kind) {
    case "alert":
      return { width: Math.ceil(Math.max(widthOf(pen, FONT_12_BOLD, a) + 6 + widthOf(pen, FONT_12, b) + 18, widthOf(pen, FONT_12, c)) + 16), height: 38 };
    case "zone":
      return { width: Math.ceil(22 + Math.max(widthOf(pen, FONT_11, b), widthOf(pen, FONT_11, c)) + 8), height: 33 };
    case "place":
      return { width: Math.ceil(widthOf(pen, FONT_12, a)), height: 16 };
    case "traffic":
      return { width: Math.ceil(widthOf(pen, FONT_11, a) + 5 + widthOf(pen, FONT_11, b)), height: 15 };
    case "ordinary":
      return { width: Math.ceil(widthOf(pen, FONT_11, a) + 5 + widthOf(pen, FONT_11, "0000")), height: 15 };
  }
}

/** A severity's shape, centred: filled while nobody has the alert, hollow once acknowledged. */
export function severityShape(pen: Pen, rank: number, x: number, y: number, r: number, hollow: boolean): void {
  const colour = SEVERITY_COLOUR[rank] ?? COLOUR.text3;
  pen.beginPath();
  if (rank === 4) for (let i = 0; i < 8; i++) pen.lineTo(x + r * Math.cos(Math.PI / 8 + (i * Math.PI) / 4), y + r * Math.sin(Math.PI / 8 + (i * Math.PI) / 4));
  else if (rank === 3) for (const [dx, dy] of [[0, -r], [r, r * 0.8], [-r, r * 0.8]] as const) pen.lineTo(x + dx, y + dy);
  else if (rank === 2) for (const [dx, dy] of [[0, -r], [r, 0], [0, r], [-r, 0]] as const) pen.lineTo(x + dx, y + dy);
  else pen.arc(x, y, r - 0.6, 0, 2 * Math.PI);
  pen.closePath();
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = 1.4;
  if (hollow || rank <= 1) pen.stroke();
  else pen.fill();
  if (rank === 2) return;
  pen.fillStyle = hollow || rank <= 1 ? colour : COLOUR.onSev;
  if (rank <= 1) {
    pen.beginPath();
    pen.arc(x, y, 1.8, 0, 2 * Math.PI);
    pen.fill();
    return;
  }
  const low = rank === 3 ? 0.8 : 0;
  pen.fillRect(x - 0.8, y - r * 0.52 + low, 1.6, r * 0.62);
  pen.fillRect(x - 0.8, y + r * 0.32 + low * 0.6, 1.6, 1.6);
}

export function drawAlert(pen: Pen, p: Placed, x: number, y: number): void {
  const a = p.alert;
  if (!a) return;
  const [bx, by] = [x + p.dx, y + p.dy];
  const rank = severityRank(a.severity);
  const colour = SEVERITY_COLOUR[rank] ?? COLOUR.text3;
  leader(pen, x, y, bx, by, p.width, p.height, colour);
  plate(pen, bx, by, p.width, p.height, "rgba(15,19,23,0.94)", colour, a.state === "pending");
  severityShape(pen, rank, bx + 13, by + 12, 5.6, a.handling.state !== "new");
  const [name = "", hazard = "", figures = ""] = p.lines;
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  text(pen, FONT_12_BOLD, COLOUR.text1, name, bx + 23, by + 12.5);
  text(pen, FONT_12, colour, hazard, bx + 23 + widthOf(pen, FONT_12_BOLD, name) + 6, by + 12.5);
  text(pen, FONT_12, COLOUR.text2, figures, bx + 8, by + 28);
}

function leader(pen: Pen, x: number, y: number, bx: number, by: number, w: number, h: number, colour: string, from = 13, least = 14): void {
  const tx = Math.min(bx + w, Math.max(bx, x));
  const ty = Math.min(by + h, Math.max(by, y));
  const l = Math.hypot(tx - x, ty - y);
  if (l < Math.max(from, least)) return;
  pen.beginPath();
  pen.moveTo(x + ((tx - x) / l) * from, y + ((ty - y) / l) * from);
  pen.lineTo(tx, ty);
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.stroke();
}

export function drawOrdinary(pen: Pen, context: MapContext, p: Placed, x: number, y: number, now: number): void {
  const t = context.world.tracks;
  const [bx, by] = [x + p.dx, y + p.dy + p.height / 2 + 0.5];
  const [name = ""] = p.lines;
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  const grey = context.stopped() || t.stale(p.slot, now);
  const strong = p.kind === "selected";
  if (strong) plate(pen, bx - 4, y + p.dy - 2, p.width + 8, p.height + 4, PLATE, null, false);
  text(pen, FONT_11, grey ? COLOUR.text3 : strong ? COLOUR.text1 : COLOUR.text2, name, bx, by);
  const height = t.agl[p.slot]!;
  const unnamed = t.unnamed(p.slot);
  const value = grey ? ageText(t.age(p.slot, now)) : height === height ? String(Math.round(height)).replace("-", "\u2212") : "–";
  text(pen, FONT_11, grey ? COLOUR.text3 : unnamed ? COLOUR.text2 : heightColour(height), value, name ? bx + widthOf(pen, FONT_11, name) + 4 : bx, by);
}

/** White, whatever its height: nothing above the ground is claimed of crewed traffic. */
export function drawTraffic(pen: Pen, p: Placed, x: number, y: number): void {
  const [bx, by] = [x + p.dx, y + p.dy + p.height / 2 + 0.5];
  const [name = "", height = ""] = p.lines;
  plate(pen, bx - 4, y + p.dy - 1, p.width + 8, p.height + 2, PLATE, null, false);
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  text(pen, FONT_11, COLOUR.text1, name, bx, by);
  text(pen, FONT_11, COLOUR.text2, height, bx + widthOf(pen, FONT_11, name) + 5, by);
}

const ZONE_COLOUR: Record<string, string> = {
  prohibited: COLOUR.prohibited,
  requires_authorisation: COLOUR.authorisation,
  conditional: COLOUR.conditional,
};

export function drawZone(pen: Pen, p: Placed, x: number, y: number): void {
  const [bx, by] = [x + p.dx, y + p.dy];
  const colour = ZONE_COLOUR[p.zone ?? ""] ?? COLOUR.text3;
  const [mark = "", name = "", limits = ""] = p.lines;
  if (p.hot) leader(pen, x, y, bx, by, p.width, p.height, COLOUR.text1, Math.min(p.reach ?? 0, 240), 26);
  pen.globalAlpha = p.off ? 0.7 : 1;
  plate(pen, bx, by, p.width, p.height, PLATE, p.hot ? "#ffffff" : null, false);
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.setLineDash(p.temporary ? [2, 2] : []);
  pen.beginPath();
  pen.roundRect(bx + 4.5, by + 3.5, 13, 13, 2);
  pen.stroke();
  pen.setLineDash([]);
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  text(pen, `400 10px ${FAMILY}`, colour, mark, bx + 11, by + 10.5);
  pen.textAlign = "left";
  text(pen, FONT_11, COLOUR.text1, name, bx + 22, by + 10.5);
  text(pen, FONT_11, colour, limits, bx + 22, by + 24.5);
  pen.globalAlpha = 1;
}

export function drawPlace(pen: Pen, p: Placed, x: number, y: number): void {
  pen.strokeStyle = COLOUR.text3;
  pen.lineWidth = 1;
  if (p.lines[1] === "seat") pen.strokeRect(Math.round(x) - 2.5, Math.round(y) - 2.5, 5, 5);
  else {
    pen.beginPath();
    pen.arc(x, y, 1.6, 0, 2 * Math.PI);
    pen.stroke();
  }
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  text(pen, p.lines[1] === "seat" ? FONT_12 : FONT_11, p.lines[1] === "seat" ? COLOUR.text2 : COLOUR.text3, p.lines[0] ?? "", x + p.dx, y + p.dy + p.height / 2);
}

/** Degrees along the bottom and the right edge, where no panel lies over them. */
export function drawGraticule(pen: Pen, camera: Camera, g: GraticuleLayer, panels: readonly Box[]): void {
  const free = (x: number, y: number): boolean => !panels.some((p) => overlap(p, { x, y: y - 12, width: 48, height: 12 }));
  const digits = Math.max(0, Math.ceil(-Math.log10(g.step) - 1e-9));
  pen.font = `400 10px ${FAMILY}`;
  pen.fillStyle = COLOUR.line3;
  pen.textBaseline = "bottom";
  pen.textAlign = "left";
  for (const lon of g.longitudes) {
    const x = screenX(camera, mercatorX(lon)) + 3;
    if (free(x, camera.height - 3)) pen.fillText(`${lon.toFixed(digits)}°E`, x, camera.height - 3);
  }
  pen.textAlign = "right";
  for (const lat of g.latitudes) {
    const y = screenY(camera, mercatorY(lat)) - 2;
    if (free(camera.width - 52, y)) pen.fillText(`${lat.toFixed(digits)}°N`, camera.width - 4, y);
  }
}

function plate(pen: Pen, x: number, y: number, w: number, h: number, fill: string, edge: string | null, dashed: boolean): void {
  pen.beginPath();
  pen.roundRect(Math.round(x) + 0.5, Math.round(y) + 0.5, w - 1, h - 1, 4);
  pen.fillStyle = fill;
  pen.fill();
  if (!edge) return;
  pen.strokeStyle = edge;
  pen.lineWidth = 1;
  pen.setLineDash(dashed ? [4, 3] : []);
  pen.stroke();
  pen.setLineDash([]);
}

function text(pen: Pen, font: string, colour: string, value: string, x: number, y: number): void {
  pen.font = font;
  pen.fillStyle = colour;
  pen.fillText(value, x, y);
}
