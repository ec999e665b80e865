import type { Permission } from "./types";

export interface Section {
  id: "organisations" | "people" | "aircraft" | "pilots" | "sites" | "devices" | "expiring" | "import" | "audit";
  needs: Permission;
}

/** The administration pages in their order, and what one must be allowed to open each. */
export const SECTIONS: readonly Section[] = [
  { id: "organisations", needs: "register.read" },
  { id: "people", needs: "people.read" },
  { id: "aircraft", needs: "register.read" },
  { id: "pilots", needs: "register.read" },
  { id: "sites", needs: "register.read" },
  { id: "devices", needs: "devices.read" },
  { id: "expiring", needs: "register.read" },
  { id: "import", needs: "register.write" },
  { id: "audit", needs: "audit.read" },
];
