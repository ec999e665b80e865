// The whole view lives in the URL: where, how close, which aircraft, which alert, which page beside the map, which language.

import type { ViewState } from "../map/map";
import { GRID_MINUTES, type GridMinutes } from "../picture/grid";

/** Pages that open beside the map, or in its place; "" is the live picture alone. */
export type Page = "" | "zones" | "admin" | "account" | "simulation";

/** Where on the administration pages: one of admin/sections.ts and what is opened there, "" for none. */
export interface AdminPlace {
  section: string;
  id: string;
}

/** A run of the simulation page, 0 for none, and which of its findings is opened, −1 for none. */
export interface SimulationPlace {
  run: number;
  finding: number;
}

export interface View {
  map: ViewState | null;
  aircraft: string;
  alert: string;
  page: Page;
  /** The zone that the page of zones shows, "" for none. */
  zone: string;
  /** Minutes that the grid of traffic counts, null while it is off. */
  grid: GridMinutes | null;
  admin: AdminPlace;
  simulation: SimulationPlace;
}

/** Whether the page takes the place of the map. Then keys of the live picture do nothing. */
export function covers(page: Page): boolean {
  return page === "admin" || page === "account" || page === "simulation";
}

function pageOf(pathname: string, query: string | null): Page {
  if (/^\/admin(\/|$)/.test(pathname)) return "admin";
  if (/^\/account\/?$/.test(pathname)) return "account";
  if (/^\/simulation(\/\d+)?\/?$/.test(pathname)) return "simulation";
  return query === "zones" ? "zones" : "";
}

export function readView(search: string, pathname = "/"): View {
  const q = new URLSearchParams(search);
  const number = (key: string): number => Number(q.get(key) ?? NaN);
  const [longitude, latitude, zoom] = [number("lon"), number("lat"), number("z")];
  const whole = Number.isFinite(longitude) && Number.isFinite(latitude) && Number.isFinite(zoom)
    && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 85 && zoom >= 0 && zoom <= 24;
  return { map: whole ? { longitude, latitude, zoom } : null, aircraft: q.get("a") ?? "", alert: q.get("alert") ?? "", page: pageOf(pathname, q.get("page")), zone: q.get("zone") ?? "",
    grid: GRID_MINUTES.find((m) => q.get("grid") === String(m)) ?? null,
    admin: { section: pathname.match(/^\/admin\/([a-z-]+)/)?.[1] ?? "", id: q.get("id") ?? "" },
    simulation: { run: Number(pathname.match(/^\/simulation\/(\d{1,15})/)?.[1] ?? 0), finding: /^\d{1,3}$/.test(q.get("finding") ?? "") ? Number(q.get("finding")) : -1 } };
}

/** The address without its query. */
export function writePath(v: View): string {
  if (v.page === "admin") return v.admin.section ? `/admin/${v.admin.section}` : "/admin";
  if (v.page === "simulation") return v.simulation.run > 0 ? `/simulation/${v.simulation.run}` : "/simulation";
  return v.page === "account" ? "/account" : "/";
}

export function writeView(v: View, language: string): string {
  const q = new URLSearchParams();
  if (covers(v.page)) {
    if (v.page === "admin" && v.admin.id) q.set("id", v.admin.id);
    if (v.page === "simulation" && v.simulation.finding >= 0) q.set("finding", String(v.simulation.finding));
    if (language !== "zh") q.set("lang", language);
    return q.size > 0 ? `?${q}` : "";
  }
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
