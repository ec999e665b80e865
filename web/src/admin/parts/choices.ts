import i18n from "i18next";
import { say } from "../../words";
import type { OrganisationKind } from "../types";
import { owns, type Admin } from "./context";
import type { Choice } from "./EntryForm";

/** Organisations whose rows the user may change, with their kind where names alone do not tell. */
export function ownedChoices(admin: Admin, kinds?: readonly OrganisationKind[]): Choice[] {
  return (admin.organisations.data ?? [])
    .filter((o) => owns(admin.user, o.id) && (!kinds || kinds.includes(o.kind)))
    .map((o) => ({ value: o.id, label: `${say(o.name)} · ${i18n.t(`admin.kind.${o.kind}`)}` }));
}

/** What is entered, without spaces at its ends; undefined where nothing is. */
export function entered(v: unknown): string | undefined {
  const s = typeof v === "string" ? v.trim() : "";
  return s || undefined;
}

/** Without the keys that have nothing. */
export function filled(o: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined && v !== null));
}
