import type { CheckedFile, CheckedRow, RowChange, RowProblem } from "../types";

export const CHANGES: readonly RowChange[] = ["new", "changed", "same", "refused"];

/** How many rows of each kind; counted from the rows where the server does not say. */
export function countsOf(file: CheckedFile): Record<RowChange, number> {
  const by = (c: RowChange): number => file.counts[c] ?? file.rows.filter((r) => r.change === c).length;
  return { new: by("new"), changed: by("changed"), same: by("same"), refused: by("refused") };
}

/** A problem in one line: the column, then what is wrong; in the server's words, else by its code. */
export function problemWords(p: RowProblem, language: "zh" | "en", word: (key: string, fallback: string) => string): string {
  const what = p.text?.[language] || p.text?.zh || p.text?.en || word(`admin.import.code.${p.code}`, p.code);
  return p.field ? `${word(`admin.field.${p.field}`, p.field)}${language === "zh" ? "：" : ": "}${what}` : what;
}

/** Refused rows first, then as in the file. */
export function inOrder(rows: readonly CheckedRow[]): CheckedRow[] {
  return [...rows].sort((a, b) => Number(b.change === "refused") - Number(a.change === "refused") || a.row - b.row);
}
