// Cells of the BeiDou grid (GB/T 39409) with traffic: GET /api/v1/grid for what is on screen, read anew every ten seconds
// while somebody looks at it.

import { fetchGrid } from "../api";
import type { ViewBox } from "../stream/messages";
import { Observable } from "./observable";

const REFRESH_MS = 10_000;
/** After the map has moved. */
const SETTLE_MS = 300;

/** What is counted: aircraft now, or aircraft-minutes of the last minutes. */
export const GRID_MINUTES = [0, 15, 60] as const;
export type GridMinutes = (typeof GRID_MINUTES)[number];

export interface GridCell {
  code: string;
  west: number;
  south: number;
  east: number;
  north: number;
  aircraft: number;
  aircraft_minutes: number;
}

export interface Grid {
  level: number;
  minutes: GridMinutes;
  cells: readonly GridCell[];
}

/** The level whose cells are large enough to see at a zoom: 1′, 4″, 2″ and ¼″. */
export function levelAt(zoom: number): number {
  return zoom < 12 ? 4 : zoom < 13.5 ? 5 : zoom < 16 ? 6 : 7;
}

/** Upper ends of the classes; what is above the last is a class of its own. */
export function classesOf(minutes: GridMinutes): readonly number[] {
  return minutes === 0 ? [1, 3, 7, 15] : minutes === 15 ? [2, 8, 20, 60] : [5, 20, 60, 240];
}

export function valueOf(c: GridCell, minutes: GridMinutes): number {
  return minutes === 0 ? c.aircraft : c.aircraft_minutes;
}

/** 0 for the fewest … 4; -1 for an empty cell, which is not drawn. */
export function classOf(value: number, minutes: GridMinutes): number {
  if (!(value > 0)) return -1;
  const i = classesOf(minutes).findIndex((end) => value <= end);
  return i < 0 ? 4 : i;
}

export function cellAt(grid: Grid, longitude: number, latitude: number): GridCell | undefined {
  return grid.cells.find((c) => longitude >= c.west && longitude < c.east && latitude >= c.south && latitude < c.north);
}

export class GridStore extends Observable<Grid | null> {
  /** Minutes counted, null while it is off. */
  readonly minutes = new Observable<GridMinutes | null>(null);
  /** The last reading failed: what is shown is old. */
  readonly failed = new Observable<boolean>(false);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private view: (ViewBox & { zoom: number }) | null = null;
  private asked = 0;

  constructor() {
    super(null);
  }

  choose(minutes: GridMinutes | null): void {
    this.minutes.set(minutes);
    this.failed.set(false);
    this.set(null);
    this.soon(0);
  }

  look(view: ViewBox & { zoom: number }): void {
    this.view = view;
    if (this.minutes.get() !== null) this.soon(SETTLE_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.asked++;
  }

  private soon(ms: number): void {
    this.stop();
    if (this.minutes.get() !== null) this.timer = setTimeout(() => void this.read(), ms);
  }

  private async read(): Promise<void> {
    const minutes = this.minutes.get();
    const mine = ++this.asked;
    if (minutes === null || !this.view) return;
    const level = levelAt(this.view.zoom);
    try {
      const cells = await fetchGrid(level, this.view, minutes);
      if (mine !== this.asked) return;
      this.set({ level, minutes, cells });
      this.failed.set(false);
    } catch {
      if (mine !== this.asked) return;
      this.failed.set(true);
    }
    this.timer = setTimeout(() => void this.read(), REFRESH_MS);
  }
}
