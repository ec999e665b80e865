// window.__lowsky: what end-to-end tests and a curious person may read. It changes nothing.

import { age, placeOf } from "../picture/traffic";
import type { Desk } from "./desk";

export interface Hook {
  tracks(): { id: string; lon: number; lat: number; state: number; severity: number; drawn: boolean; ageS: number }[];
  /** Traffic of others nearby, without a name. */
  anonymous(): { lon: number; lat: number; agl: number }[];
  /** What the map shows. */
  view(): { west: number; south: number; east: number; north: number } | null;
  alerts(): unknown[];
  traffic(): { id: string; lon: number; lat: number; ageS: number }[];
  figures(): Record<string, number>;
  picture(): { ageMs: number; condition: string; connection: string };
}

declare global {
  interface Window {
    __lowsky?: Hook;
  }
}

export function expose(desk: Desk): void {
  const { tracks, alerts } = desk.world;
  window.__lowsky = Object.freeze({
    tracks() {
      const context = desk.map.get()?.context;
      const now = performance.now();
      const out = [];
      for (let s = 0; s < tracks.used; s++) {
        const identity = tracks.identities[s];
        if (!identity || identity.anonymous || !tracks.hasFix[s]) continue;
        const p = tracks.position(s);
        out.push({
          id: identity.aircraft_id, lon: p.longitude, lat: p.latitude, state: tracks.state[s] ?? 0, severity: tracks.severity[s] ?? 0,
          drawn: context?.shown(s) ?? false, ageS: tracks.age(s, now),
        });
      }
      return out;
    },
    anonymous() {
      const out = [];
      for (let s = 0; s < tracks.used; s++) if (tracks.hasFix[s] && tracks.unnamed(s)) out.push({ lon: tracks.position(s).longitude, lat: tracks.position(s).latitude, agl: tracks.agl[s] ?? NaN });
      return out;
    },
    view() {
      const b = desk.map.get()?.map.getBounds();
      return b ? { west: b.getWest(), south: b.getSouth(), east: b.getEast(), north: b.getNorth() } : null;
    },
    traffic: () => [...desk.world.traffic.get().values()].map((t) => ({ id: t.id, lon: placeOf(t).longitude, lat: placeOf(t).latitude, ageS: age(t, performance.now()) })),
    alerts: () => alerts.get().active.map((a) => ({ id: a.id, hazard: a.hazard, severity: a.severity, state: a.state, object: a.object.id })),
    figures() {
      const map = desk.map.get();
      return {
        fps: map?.fps ?? 0, frameMs: map?.frameMs ?? 0, drawn: map?.aircraft.drawn ?? 0, drawnUnnamed: map?.aircraft.drawnUnnamed ?? 0, frames: desk.world.frames,
        lastUpdateMs: desk.world.lastFrameMs, unknownSlots: tracks.unknownSlots,
      };
    },
    picture() {
      const p = desk.world.pulse.get();
      return { ageMs: p.ageMs, condition: p.condition, connection: desk.world.connectionState.get().state };
    },
  });
}
