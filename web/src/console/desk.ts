// What the parts of one console share: the world, the desk's own state and the ways to change it.

import { createContext, useContext } from "react";
import type { Status, User } from "../api";
import type { AirMap } from "../map/map";
import type { Filter } from "../map/context";
import { Observable } from "../picture/observable";
import type { Region } from "../picture/regions";
import type { World } from "../picture/world";
import type { Sound } from "../sound";
import type { HandlingDesk } from "../triage/handling";
import type { Names } from "../triage/names";
import type { Alert } from "../vocabulary";
import type { AdminPlace, Page, SimulationPlace } from "./url";

export type Tab = "pending" | "resolved";

export interface Desk {
  world: World;
  sound: Sound;
  handling: HandlingDesk;
  user: User;
  /** Names of people and organisations that alerts mention. */
  names: Names;
  region: Observable<Region>;
  status: Observable<Status | null>;
  map: Observable<AirMap | null>;
  /** The expanded alert, "" for none. */
  alert: Observable<string>;
  tab: Observable<Tab>;
  /** What is open beside the map. */
  page: Observable<Page>;
  /** Where on the administration pages. */
  admin: Observable<AdminPlace>;
  /** Where on the page of simulations. */
  simulation: Observable<SimulationPlace>;
  /** The zone that the page of zones shows, "" for none. */
  zone: Observable<string>;
  /** The import of zones, with the file that was dropped, if any; null while it is not open. */
  importing: Observable<{ file: File | null } | null>;
  filter: Observable<Filter>;
  follow: Observable<boolean>;
  trails: Observable<boolean>;
  /** Short note at the foot, such as "link copied". */
  toast: Observable<string>;
  openAlert(id: string, go: boolean): void;
  goTo(alert: string): void;
  /** Shows the number to call about an alert, or logs the call once it was shown; without an aircraft its first. */
  callOrLog(a: Alert, aircraft?: string): void;
  signOut(): void;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("outside of a console");
  return desk;
}

export const NO_FILTER: Filter = { severities: new Set(), scenarios: new Set() };
