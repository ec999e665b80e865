// Finds room for labels. A label is tried at its present place first, so that it moves only if that place is lost.

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Offsets of a label's top left corner from its anchor: eight directions at a distance. */
export function candidates(width: number, height: number, gap: number): [number, number][] {
  return [
    [gap, -height / 2],
    [gap * 0.8, -height - gap * 0.4],
    [gap * 0.8, gap * 0.4],
    [-width - gap, -height / 2],
    [-width - gap * 0.8, -height - gap * 0.4],
    [-width - gap * 0.8, gap * 0.4],
    [-width / 2, -height - gap],
    [-width / 2, gap],
  ];
}

/** Sixteen directions at a distance, for labels that must find room somewhere. */
export function around(width: number, height: number, gap: number): [number, number][] {
  return Array.from({ length: 16 }, (_, i) => {
    const a = (i * Math.PI) / 8;
    const [cx, cy] = [Math.cos(a) * (gap + width / 2), Math.sin(a) * (gap + height / 2)];
    return [cx - width / 2, cy - height / 2];
  });
}

const CELL = 64;

/** Boxes taken so far, in a grid of cells so that a thousand labels cost a thousand look-ups. */
export class Room {
  private cells = new Map<number, Box[]>();

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {}

  take(b: Box): void {
    this.each(b, (key) => {
      const list = this.cells.get(key);
      if (list) list.push(b);
      else this.cells.set(key, [b]);
      return false;
    });
  }

  free(b: Box): boolean {
    if (b.x < 0 || b.y < 0 || b.x + b.width > this.width || b.y + b.height > this.height) return false;
    return !this.each(b, (key) => this.cells.get(key)?.some((o) => overlap(o, b)) ?? false);
  }

  /**
   * The index of the first free candidate, `before` tried first; -1 where nothing is free.
   */
  place(anchorX: number, anchorY: number, width: number, height: number, offsets: readonly [number, number][], before: number): number {
    const order = before >= 0 && before < offsets.length ? [before, ...offsets.keys()] : [...offsets.keys()];
    for (const i of order) {
      const [dx, dy] = offsets[i]!;
      const b = { x: anchorX + dx, y: anchorY + dy, width, height };
      if (this.free(b)) return i;
    }
    return -1;
  }

  /** The index of the candidate that covers least of what is taken or lies off the screen: for what is never hidden. */
  leastCovered(anchorX: number, anchorY: number, width: number, height: number, offsets: readonly [number, number][]): number {
    let best = 0;
    let least = Infinity;
    offsets.forEach(([dx, dy], i) => {
      const b = { x: anchorX + dx, y: anchorY + dy, width, height };
      const inside = shared(b, { x: 0, y: 0, width: this.width, height: this.height });
      const others = new Set<Box>();
      this.each(b, (key) => {
        for (const o of this.cells.get(key) ?? []) others.add(o);
        return false;
      });
      let covered = 2 * (width * height - inside);
      for (const o of others) covered += shared(o, b);
      if (covered < least) [least, best] = [covered, i];
    });
    return best;
  }

  private each(b: Box, visit: (key: number) => boolean): boolean {
    const x1 = Math.floor((b.x + b.width) / CELL);
    const y1 = Math.floor((b.y + b.height) / CELL);
    for (let x = Math.floor(b.x / CELL); x <= x1; x++) {
      for (let y = Math.floor(b.y / CELL); y <= y1; y++) if (visit(x * 8192 + y)) return true;
    }
    return false;
  }
}

export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The area two boxes share. */
function shared(a: Box, b: Box): number {
  const w = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return w > 0 && h > 0 ? w * h : 0;
}
