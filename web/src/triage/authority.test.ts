import { describe, expect, it } from "vitest";
import type { User } from "../api";
import { readRegion } from "../picture/regions";
import type { Alert } from "../vocabulary";
import { decides, holderOf, mayHandle, mayPullUp, mayTransfer, partiesOf } from "./authority";

const region = readRegion({ id: "r", name: { zh: "r", en: "r" }, jurisdictions: [{ id: "42", level: 0, name: { zh: "市", en: "City" } }, { id: "42-1", parent_id: "42", level: 1, name: { zh: "县", en: "County" } }] });
const user = (kind: string, seat: string, ...permissions: string[]): User => ({ name: "x", permissions, organisation: { id: "o", kind, name: { zh: "o", en: "o" }, jurisdiction_id: seat } });
const alert = (owner: string, holder = "", state = "new"): Alert => ({ object: { kind: "aircraft", id: "a" }, owner_id: owner, handling: { state, ...(holder ? { holder_id: holder } : {}) } }) as unknown as Alert;

describe("authority", () => {
  const city = user("city", "42", "alerts.handle", "alerts.transfer");
  const county = user("county", "42-1", "alerts.handle", "alerts.transfer");

  it("is the holder's, else the owner's; the city's over everything", () => {
    expect([holderOf(alert("42-1")), holderOf(alert("42-1", "42")), holderOf(alert(""))]).toEqual(["42-1", "42", ""]);
    expect([decides(county, alert("42-1")), decides(county, alert("42-1", "42")), decides(county, alert("42-2", "42-1")), decides(county, alert(""))]).toEqual([true, false, true, false]);
    expect([decides(city, alert("42-1")), decides(city, alert(""))]).toEqual([true, true]);
    expect(decides(user("department", "42"), alert("42"))).toBe(false);
  });

  it("needs the permission besides", () => {
    expect(mayHandle(user("city", "42"), alert("42"))).toBe(false);
    expect(mayTransfer(user("county", "42-1", "alerts.handle"), alert("42-1"))).toBe(false);
    expect(mayTransfer(county, alert("42-1", "", "closed"))).toBe(false);
  });

  it("takes up to the city what a county has", () => {
    expect([mayPullUp(city, alert("42-1"), region), mayPullUp(city, alert("42-1", "42"), region), mayPullUp(city, alert(""), region), mayPullUp(county, alert("42-1"), region)]).toEqual([true, false, false, false]);
  });

  it("names whom to call, of a pair both, and nobody who has no name", () => {
    const pair = { ...alert("42"), object: { kind: "pair", id: "anonymous-7k2m+own-1" }, contact: { name: "李" } } as unknown as Alert;
    expect(partiesOf(pair)).toEqual([{ aircraft: "own-1", contact: { name: "李" } }]);
    const both = { ...alert("42"), object: { kind: "pair", id: "a-1+b-1" }, other_contact: { name: "王", has_phone: true } } as unknown as Alert;
    expect(partiesOf(both)).toEqual([{ aircraft: "a-1", contact: undefined }, { aircraft: "b-1", contact: { name: "王", has_phone: true } }]);
  });
});
