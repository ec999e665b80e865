// What an audit entry changed, field by field.

export interface Difference {
  path: string;
  kind: "added" | "removed" | "changed";
  before?: unknown;
  after?: unknown;
}

type Tree = Record<string, unknown>;

function tree(v: unknown): Tree | null {
  return typeof v === "object" && v !== null && !Array.isArray(v) ? (v as Tree) : null;
}

/** Keys of objects apart, lists and values as wholes. What is the same on both sides is left out. */
export function differences(before: unknown, after: unknown, prefix = ""): Difference[] {
  const b = tree(before);
  const a = tree(after);
  if (!b && !a) return same(before, after) ? [] : [leaf(prefix, before, after)];
  const keys = [...new Set([...Object.keys(b ?? {}), ...Object.keys(a ?? {})])].sort();
  return keys.flatMap((k) => {
    const path = prefix ? `${prefix}.${k}` : k;
    const [x, y] = [b?.[k], a?.[k]];
    if (tree(x) || tree(y)) {
      if ((x === undefined || x === null || tree(x)) && (y === undefined || y === null || tree(y))) return differences(x, y, path);
    }
    return same(x, y) ? [] : [leaf(path, x, y)];
  });
}

function leaf(path: string, before: unknown, after: unknown): Difference {
  const none = (v: unknown): boolean => v === undefined || v === null || v === "";
  return { path, kind: none(before) ? "added" : none(after) ? "removed" : "changed", before, after };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A value in one line. */
export function plain(v: unknown): string {
  if (v === undefined || v === null || v === "") return "–";
  if (Array.isArray(v)) return v.length === 0 ? "–" : v.map(plain).join(", ");
  return typeof v === "object" ? JSON.stringify(v) : String(v);
}
