import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const src = new URL("../", import.meta.url);

/** Files and packages that a file needs at once; what it imports lazily or for types only is left out. */
function needs(file: URL): { files: URL[]; packages: string[] } {
  const text = readFileSync(file, "utf8");
  const files: URL[] = [];
  const packages: string[] = [];
  for (const m of text.matchAll(/^\s*(?:import|export)\s(?!type\s)(?:[^;"']*?\sfrom\s+)?["']([^"']+)["']/gm)) {
    const from = m[1] ?? "";
    if (!from.startsWith(".")) packages.push(from);
    else if (!/\.css$/.test(from)) {
      const found = ["", ".ts", ".tsx", "/index.ts"].map((end) => new URL(from.replace(/\?.*$/, "") + end, file)).find((u) => /\.tsx?$/.test(u.pathname) && existsSync(u));
      if (found) files.push(found);
    }
  }
  return { files, packages };
}

describe("the first load", () => {
  const seen = new Map<string, string[]>();
  const walk = (file: URL): void => {
    if (seen.has(file.href)) return;
    const { files, packages } = needs(file);
    seen.set(file.href, packages);
    files.forEach(walk);
  };
  walk(new URL("main.tsx", src));

  it("is followed through the sources", () => {
    const names = [...seen.keys()].map((k) => k.slice(src.href.length));
    for (const part of ["App.tsx", "console/Console.tsx", "console/Rail.tsx", "map/map.ts"]) expect(names).toContain(part);
    expect(names.length).toBeGreaterThan(60);
  });

  it("has nothing of antd, and nothing of the pages that come with their first opening", () => {
    for (const [file, packages] of seen) {
      expect(packages.filter((p) => /^(antd|dayjs|@ant-design|@rc-component)(\/|$)/.test(p)), file).toEqual([]);
      expect(/\/src\/(admin|account|simulation)\//.test(file), file).toBe(false);
    }
  });

  it("would be noticed if it had: the pages themselves need antd", () => {
    expect(needs(new URL("admin/parts/Shell.tsx", src)).packages).toContain("antd");
  });
});
