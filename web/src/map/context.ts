// What layers share: the world, the camera, time, and which aircraft the filter shows.

import type { Map as MapLibre } from "maplibre-gl";
import type { World } from "../picture/world";
import { mercatorX, mercatorY, type Camera } from "./mercator";

/** Severity ranks and scenarios that are hidden; empty shows everything. */
export interface Filter {
  severities: ReadonlySet<number>;
  scenarios: ReadonlySet<string>;
}

export class MapContext {
  /** Mercator of the local origin that vertex data is relative to. */
  originX: number;
  originY: number;
  /** ms on the monotonic clock that vertex times count from. */
  readonly epoch = performance.now();
  filterVersion = 0;
  trails = true;
  hovered = "";
  /** The viewer asked for no motion. */
  readonly still = window.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
  language: "zh" | "en" = "zh";
  private filter: Filter = { severities: new Set(), scenarios: new Set() };

  constructor(
    readonly map: MapLibre,
    readonly world: World,
    centre: [number, number],
  ) {
    this.originX = mercatorX(centre[0]);
    this.originY = mercatorY(centre[1]);
  }

  now(): number {
    return performance.now();
  }

  dpr(): number {
    return this.map.getPixelRatio();
  }

  stopped(): boolean {
    return this.world.pulse.get().condition === "stopped";
  }

  camera(): Camera {
    const centre = this.map.getCenter();
    const zoom = this.map.getZoom();
    const canvas = this.map.getCanvas();
    const dpr = this.dpr();
    return {
      x: mercatorX(centre.lng),
      y: mercatorY(centre.lat),
      scale: 512 * 2 ** zoom,
      width: canvas.width / dpr,
      height: canvas.height / dpr,
      zoom,
      latitude: centre.lat,
    };
  }

  setFilter(f: Filter): void {
    this.filter = f;
    this.filterVersion++;
  }

  /** Nothing is filtered: every aircraft is shown. */
  get unfiltered(): boolean {
    return this.filter.severities.size === 0 && this.filter.scenarios.size === 0;
  }

  /** Whether the filter shows the aircraft. Alerting and selected ones are never hidden. */
  shown(slot: number): boolean {
    const { severities, scenarios } = this.filter;
    const severity = this.world.tracks.severity[slot] ?? 0;
    if (severity > 0) return severities.size === 0 || severities.has(severity) || severity === 4;
    if (severities.size === 0 && scenarios.size === 0) return true;
    if (this.world.tracks.unnamed(slot)) return true; // of neither severity nor scenario, and to be kept clear of
    const identity = this.world.tracks.identities[slot];
    if (!identity || identity.aircraft_id === this.world.selected.get()) return true;
    if (severities.size > 0) return false;
    return scenarios.has(identity.scenario ?? "");
  }
}
