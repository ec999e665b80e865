import { describe, expect, it } from "vitest";
import type { Organisation } from "../types";
import { branches } from "./tree";

const o = (id: string, kind: Organisation["kind"], jurisdiction_id: string): Organisation => ({ id, kind, jurisdiction_id, name: { zh: id, en: id } });
const list = [o("demo-agri", "company", "421221"), o("jiayu", "county", "421221"), o("chibi", "county", "421281"), o("xianning", "city", "421200"), o("yingji", "department", "421200"), o("air", "company", "421200")];
const lines = (l: readonly Organisation[], closed = new Set<string>()): string[] => branches(l, (x) => x.id, closed).map((b) => `${"-".repeat(b.depth)}${b.organisation.id}${b.below ? ` ${b.below}` : ""}`);

describe("the tree of organisations", () => {
  it("has the city's own before the counties, and each county's below it", () => {
    expect(lines(list)).toEqual(["xianning 4", "-yingji", "-air", "-chibi", "-jiayu 1", "--demo-agri"]);
  });
  it("leaves out what lies under a closed one", () => expect(lines(list, new Set(["jiayu"]))).toEqual(["xianning 4", "-yingji", "-air", "-chibi", "-jiayu 1"]));
  it("stands on what can be seen: a county without its city, a company alone", () => {
    expect(lines(list.slice(0, 2))).toEqual(["jiayu 1", "-demo-agri"]);
    expect(lines(list.slice(0, 1))).toEqual(["demo-agri"]);
  });
});
