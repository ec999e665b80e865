// Alerts on two aircraft: who they are, and where.

import type { Alert, Text } from "../vocabulary";
import { drawnAt } from "./traffic";
import type { World } from "./world";

export interface Member {
  kind: "aircraft" | "traffic";
  id: string;
  name: Text | undefined;
}

const TRAFFIC = "traffic:";

/** The two of a pair, the one of an alert on an aircraft, none of any other. */
export function membersOf(a: Alert): Member[] {
  if (a.object.kind === "aircraft") return [{ kind: "aircraft", id: a.object.id, name: a.aircraft_name }];
  if (a.object.kind !== "pair") return [];
  const known = [a.pair?.a, a.pair?.b];
  return a.object.id.split("+", 2).map((part) => {
    const kind = part.startsWith(TRAFFIC) ? "traffic" : "aircraft";
    const id = kind === "traffic" ? part.slice(TRAFFIC.length) : part;
    return { kind, id, name: known.find((m) => m?.id === id && (m.kind === "traffic") === (kind === "traffic"))?.name };
  });
}

/** Whether the alert is about the aircraft: its object, or one of a pair. */
export function concerns(a: Alert, aircraft: string): boolean {
  return membersOf(a).some((m) => m.kind === "aircraft" && m.id === aircraft);
}

/** The first aircraft that it is about; "" for none. */
export function firstAircraft(a: Alert): string {
  return membersOf(a).find((m) => m.kind === "aircraft")?.id ?? "";
}

/** Where a member is drawn now, Mercator; null where it is not known. */
export function whereIs(world: World, m: Member, now: number): [number, number] | null {
  if (m.kind === "traffic") {
    const t = world.traffic.get().get(m.id);
    return t ? drawnAt(t, now) : null;
  }
  const { tracks } = world;
  const slot = tracks.slotOf(m.id);
  return slot === undefined || !tracks.hasFix[slot] ? null : [tracks.drawnX(slot, now), tracks.drawnY(slot, now)];
}
