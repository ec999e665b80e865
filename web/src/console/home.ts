import type { User } from "../api";
import { bounds } from "../layers/region";
import type { MapBox } from "../map/map";
import type { Region } from "../picture/regions";

/** Where a user's map begins: the county's ground; for a company that of its seat; null for the whole region. */
export function homeOf(user: User, region: Region): MapBox | null {
  const h = user.home;
  if (h) return [h.west, h.south, h.east, h.north];
  if (user.organisation?.kind !== "company") return null;
  const seat = region.jurisdictions.find((j) => j.id === user.organisation?.jurisdiction_id && j.level !== 0);
  return seat ? bounds({ ...region, jurisdictions: [seat] }) : null;
}
