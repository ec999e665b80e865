// The glyph atlas, drawn once on a canvas: one column per kind, filled above, hollow below. Noses point up.

import { GLYPHS, type Glyph } from "../picture/kinds";

/** Pixels of one cell, and the CSS pixels it stands for on the map. */
export const CELL = 64;
export const CELL_CSS = 22;

type Pen = CanvasRenderingContext2D;

// Paths in a box from −11 to 11, as large as the 16 px glyph plus room for its stroke.
const SHAPES: Record<Glyph, (c: Pen, hollow: boolean) => void> = {
  multirotor(c, hollow) {
    c.lineWidth = 1.9;
    for (const [x, y] of [[-5, -5], [5, -5], [-5, 5], [5, 5]] as const) {
      line(c, x * 0.45, y * 0.45, x * 0.62, y * 0.62);
      line(c, 0, 0, x * 0.5, y * 0.5);
      disc(c, x, y, 2.9, hollow);
    }
    disc(c, 0, 0, 1.9, hollow);
    c.lineWidth = 1.6;
    line(c, 0, -3, 0, -8.2); // nose tick
  },
  vtol(c, hollow) {
    path(c, hollow, [[0, -9], [1.7, -6], [1.7, -2.6], [9, 2.2], [9, 4.2], [1.7, 2], [1.4, 6], [3.8, 8], [3.8, 9.2], [0, 8.2],
      [-3.8, 9.2], [-3.8, 8], [-1.4, 6], [-1.7, 2], [-9, 4.2], [-9, 2.2], [-1.7, -2.6], [-1.7, -6]]);
  },
  helicopter(c, hollow) {
    c.lineWidth = 1.7;
    line(c, -8, -8, 8, 4);
    line(c, 8, -8, -8, 4);
    ellipse(c, 0, -2, 2.6, 4.6, hollow);
    line(c, 0, 2, 0, 9);
    line(c, -2.6, 8.6, 2.6, 8.6);
  },
  agricultural(c, hollow) {
    path(c, hollow, [[0, -8], [6.6, -4], [6.6, 4], [0, 8], [-6.6, 4], [-6.6, -4]]);
    if (!hollow) {
      c.globalCompositeOperation = "destination-out";
      disc(c, 0, 0.6, 2.3, false);
      c.globalCompositeOperation = "source-over";
    }
    c.lineWidth = 1.7;
    line(c, 0, -7, 0, -10.4);
  },
  swarm(c, hollow) {
    for (const [x, y] of [[0, -5], [-5, 4], [5, 4]] as const) disc(c, x, y, 3.3, hollow);
  },
  crewed(c) {
    path(c, true, [[0, -10], [2, -6.5], [2, -3], [10, 2], [10, 4.4], [2, 2.4], [1.6, 6], [4.4, 8.2], [4.4, 9.6], [0, 8.6],
      [-4.4, 9.6], [-4.4, 8.2], [-1.6, 6], [-2, 2.4], [-10, 4.4], [-10, 2], [-2, -3], [-2, -6.5]]);
  },
  // An open dart of a thin line: neither an aircraft of one's own that has gone silent nor one with people in it.
  anonymous(c) {
    c.beginPath();
    for (const [i, [x, y]] of ([[-4.6, 6.4], [0, -6.8], [4.6, 6.4], [0, 3.6]] as const).entries()) i === 0 ? c.moveTo(x, y) : c.lineTo(x, y);
    c.closePath();
    c.lineWidth = 1.2;
    c.stroke();
  },
  unidentified(c) {
    path(c, true, [[0, -7.6], [7.6, 0], [0, 7.6], [-7.6, 0]]);
    disc(c, 0, 0, 1.8, false);
  },
};

function line(c: Pen, x0: number, y0: number, x1: number, y1: number): void {
  c.beginPath();
  c.moveTo(x0, y0);
  c.lineTo(x1, y1);
  c.stroke();
}

function finish(c: Pen, hollow: boolean): void {
  if (hollow) {
    c.lineWidth = 1.3;
    c.stroke();
  } else c.fill();
}

function disc(c: Pen, x: number, y: number, r: number, hollow: boolean): void {
  ellipse(c, x, y, hollow ? r - 0.4 : r, hollow ? r - 0.4 : r, hollow);
}

function ellipse(c: Pen, x: number, y: number, rx: number, ry: number, hollow: boolean): void {
  c.beginPath();
  c.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
  finish(c, hollow);
}

function path(c: Pen, hollow: boolean, points: readonly (readonly [number, number])[]): void {
  c.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? c.moveTo(x, y) : c.lineTo(x, y)));
  c.closePath();
  finish(c, hollow);
}

/** Draws one glyph in white about the origin of the context, `scale` pixels per CSS pixel. */
export function drawGlyph(c: Pen, glyph: Glyph, hollow: boolean): void {
  c.lineCap = "round";
  c.lineJoin = "round";
  SHAPES[glyph](c, hollow);
}

/** The whole atlas: GLYPHS.length columns, two rows (filled, hollow), white on clear. */
export function drawAtlas(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = CELL * 8;
  canvas.height = CELL * 2;
  const c = canvas.getContext("2d");
  if (!c) return canvas;
  c.fillStyle = c.strokeStyle = "#fff";
  GLYPHS.forEach((glyph, column) => {
    for (const row of [0, 1]) {
      c.save();
      c.translate((column + 0.5) * CELL, (row + 0.5) * CELL);
      c.scale(CELL / CELL_CSS, CELL / CELL_CSS);
      drawGlyph(c, glyph, row === 1);
      c.restore();
    }
  });
  return canvas;
}
