// The whole view lives in the URL: where, how close, which aircraft, which alert, which page beside the map, which language.

import type { ViewState } from "../map/map";
import { GRID_MINUTES, type GridMinutes } from "../picture/grid";

/** Pages that open beside the map; "" is the live picture alone. */
export type Page = "" | "zones";

export interface View {
  map: ViewState | null;
  aircraft: string;
  alert: string;
  page: Page;
  /** The zone that the page of zones shows, "" for none. */
  zone: string;
  /** Minutes that the grid of traffic counts, null while it is off. */
  grid: GridMinutes | null;
}

export function readView(search: string): View {
  const q = new URLSearchParams(search);
  const number = (key: string): number => Number(q.get(key) ?? NaN);
  const [longitude, latitude, zoom] = [number("lon"), number("lat"), number("z")];
  const whole = Number.isFinite(longitude) && Number.isFinite(latitude) && Number.isFinite(zoom)
    && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 85 && zoom >= 0 && zoom <= 24;
  return { map: whole ? { longitude, latitude, zoom } : null, aircraft: q.get("a") ?? "", alert: q.get("alert") ?? "", page: q.get("page") === "zones" ? "zones" : "", zone: q.get("zone") ?? "",
    grid: GRID_MINUTES.find((m) => q.get("grid") === String(m)) ?? null };
}

export function writeView(v: View, language: string): string {
  const q = new URLSearchParams();
  if (v.map) {
    q.set("lon", v.map.longitude.toFixed(5));
    q.set("lat", v.map.latitude.toFixed(5));
    q.set("z", v.map.zoom.toFixed(2));
  }
  if (v.aircraft) q.set("a", v.aircraft);
  if (v.alert) q.set("alert", v.alert);
  if (v.page) q.set("page", v.page);
  if (v.page === "zones" && v.zone) q.set("zone", v.zone);
  if (v.grid !== null) q.set("grid", String(v.grid));
  if (language !== "zh") q.set("lang", language);
  const s = q.toString();
  return s ? `?${s}` : "?";
}
