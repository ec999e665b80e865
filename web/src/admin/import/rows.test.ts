import { describe, expect, it } from "vitest";
import zh from "../words/zh";
import { countsOf, inOrder, problemWords } from "./rows";

const word = (key: string, fallback: string): string => {
  const found = key.split(".").slice(1).reduce<unknown>((t, k) => (t as Record<string, unknown> | undefined)?.[k], zh);
  return typeof found === "string" ? found : fallback;
};

describe("rows of a file", () => {
  it("say what is wrong in the server's words, after the column's name", () => {
    const p = { field: "insured_until", code: "day_invalid", text: { zh: "不是有效的日期，例如 2027-03-31", en: "is not a day such as 2027-03-31" } };
    expect(problemWords(p, "zh", word)).toBe("责任险至：不是有效的日期，例如 2027-03-31");
    expect(problemWords(p, "en", (_, f) => f)).toBe("insured_until: is not a day such as 2027-03-31");
  });

  it("have words of their own for a code without text, and the code itself for one that is not known", () => {
    expect(problemWords({ field: "id", code: "duplicate_id" }, "zh", word)).toBe("编号：编号重复");
    expect(problemWords({ field: "", code: "from_tomorrow" }, "zh", word)).toBe("from_tomorrow");
  });

  const rows = [{ row: 2, id: "a", change: "new" }, { row: 3, id: "b", change: "refused" }, { row: 4, id: "c", change: "same" }, { row: 5, id: "", change: "refused" }] as const;

  it("show what is refused first", () => expect(inOrder(rows).map((r) => r.row)).toEqual([3, 5, 2, 4]));
  it("are counted as the server says, else by themselves", () => {
    expect(countsOf({ rows: [...rows], counts: {} })).toEqual({ new: 1, changed: 0, same: 1, refused: 2 });
    expect(countsOf({ rows: [], counts: { new: 700, refused: 3 } })).toEqual({ new: 700, changed: 0, same: 0, refused: 3 });
  });
});
