import type { AircraftClass } from "../vocabulary";

/**
 * The class by empty and maximum take-off mass in kilograms, in the order in which 暂行条例 art. 62 tests them; "" where a
 * mass is missing, not above 0, or the empty mass is above the take-off mass. The same table as ClassOf in aircraft.go.
 */
export function classOf(empty: number | null | undefined, takeoff: number | null | undefined): AircraftClass {
  if (empty == null || takeoff == null || !Number.isFinite(empty) || !Number.isFinite(takeoff) || empty <= 0 || takeoff < empty) return "";
  if (empty < 0.25) return "micro";
  if (empty <= 4 && takeoff <= 7) return "light";
  if (empty <= 15 && takeoff <= 25) return "small";
  return takeoff <= 150 ? "medium" : "large";
}
