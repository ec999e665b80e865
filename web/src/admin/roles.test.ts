import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { grantedBy, roleChoices, roleFits } from "./roles";
import { PERMISSIONS, ROLES, type OrganisationKind, type Permission, type Role } from "./types";

const go = readFileSync(new URL("../../../permission.go", import.meta.url), "utf8");
const role = new Map([...go.matchAll(/^\t(\w+)\s+Role = "(\w+)"/gm)].map((m) => [m[1] ?? "", m[2] as Role]));
const permission = new Map([...go.matchAll(/^\t(\w+)\s+Permission = "([\w.]+)"/gm)].map((m) => [m[1] ?? "", m[2] as Permission]));
const table = (name: string): string => go.match(new RegExp(`var ${name} = map[^{]*\\{([\\s\\S]*?)\\n\\}`))?.[1] ?? "";
const names = (s: string): string[] => s.match(/\w+/g) ?? [];

describe("roles", () => {
  it("are the server's, and so are permissions", () => {
    expect([...role.values()]).toEqual([...ROLES]);
    expect([...permission.values()]).toEqual([...PERMISSIONS]);
  });

  it("grant what the server's table grants", () => {
    const rows = [...table("granted").matchAll(/(\w+):\s+(?:Permissions|\{([^}]*)\})/g)];
    expect(rows).toHaveLength(ROLES.length);
    for (const [, who, list] of rows) {
      const want = list === undefined ? [...PERMISSIONS] : names(list).map((n) => permission.get(n));
      expect(new Set(grantedBy([role.get(who ?? "") as Role])), who).toEqual(new Set(want));
    }
  });

  it("fit the organisations that the server says", () => {
    const kind: Record<string, OrganisationKind> = { CityOrganisation: "city", CountyOrganisation: "county", Department: "department", Company: "company" };
    const want = new Map([...table("fits").matchAll(/(\w+):\s+\{([^}]*)\}/g)].map((m) => [role.get(m[1] ?? ""), names(m[2] ?? "").map((n) => kind[n])]));
    expect(want.size).toBe(ROLES.length - 1); // nobody holds that of a device
    for (const r of ROLES) for (const k of Object.values(kind)) expect(roleFits(r, k), `${r} ${k}`).toBe(want.get(r)?.includes(k) ?? false);
  });

  it("are given only by those who hold all of it", () => {
    const county = grantedBy(["county_administrator"]);
    expect(roleChoices("county", county).map((c) => [c.role, c.lacking.length])).toEqual([["county_administrator", 0], ["county_duty_officer", 0], ["auditor", 0], ["tester", 0], ["api_client", 0]]);
    const company = grantedBy(["company_administrator"]);
    expect(roleChoices("company", company)).toEqual([{ role: "company_administrator", lacking: [] }, { role: "pilot", lacking: [] }, { role: "api_client", lacking: ["zones.write"] }]);
    expect(roleChoices("city", company).find((c) => c.role === "auditor")?.lacking).toEqual(["audit.read", "simulations.read"]);
  });
});
