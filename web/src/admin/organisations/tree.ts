import type { Organisation, OrganisationKind } from "../types";

export interface Branch {
  organisation: Organisation;
  depth: number;
  below: number;
}

const ORDER: Record<OrganisationKind, number> = { city: 0, county: 1, department: 2, company: 3 };

/** Organisations as a tree, in the order of reading: the city, its departments and companies, then each county with those seated there. What lies under a closed one is left out. */
export function branches(list: readonly Organisation[], name: (o: Organisation) => string, closed: ReadonlySet<string> = new Set()): Branch[] {
  const seats = new Map(list.filter((o) => o.kind === "city" || o.kind === "county").map((o) => [o.jurisdiction_id, o]));
  const city = list.find((o) => o.kind === "city");
  const parent = (o: Organisation): Organisation | undefined => (o.kind === "city" ? undefined : o.kind === "county" ? city : seats.get(o.jurisdiction_id));
  const under = new Map<string, Organisation[]>();
  for (const o of list) {
    const key = parent(o)?.id ?? "";
    under.set(key, [...(under.get(key) ?? []), o]);
  }
  const rank = (o: Organisation): number => (o.kind === "county" ? 9 : ORDER[o.kind]);
  const out: Branch[] = [];
  const walk = (id: string, depth: number): void => {
    for (const o of (under.get(id) ?? []).sort((a, b) => rank(a) - rank(b) || name(a).localeCompare(name(b), "zh"))) {
      const below = under.get(o.id)?.length ?? 0;
      out.push({ organisation: o, depth, below });
      if (below > 0 && !closed.has(o.id)) walk(o.id, depth + 1);
    }
  };
  walk("", 0);
  return out;
}
