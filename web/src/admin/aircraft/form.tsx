import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { classOf } from "../mass";
import { entered, filled } from "../parts/choices";
import type { Choice, Field, Values } from "../parts/EntryForm";
import type { Aircraft } from "../types";

const CLASSES = ["micro", "light", "small", "medium", "large"] as const;
const SCENARIOS = ["wellness", "rescue", "city", "logistics", "agriculture", "tourism"] as const;
const ID = /^[A-Za-z0-9._-]{1,64}$/;

export function aircraftFields(t: TFunction, row: Aircraft | null, organisations: readonly Choice[]): Field[] {
  return [
    { key: "id", label: t("admin.field.id"), kind: "text", required: true, disabled: row !== null, pattern: ID, patternHint: t("admin.form.id"), ...(row ? {} : { hint: t("admin.aircraft.idHint") }), wide: true },
    { key: "name_zh", label: t("admin.field.name_zh"), kind: "text", placeholder: "物-12" }, { key: "name_en", label: t("admin.field.name_en"), kind: "text", placeholder: "L-12" },
    { key: "organisation_id", label: t("admin.field.organisation_id"), kind: "select", required: true, choices: organisations, wide: true },
    { key: "empty_mass_kg", label: t("admin.field.empty_mass_kg"), kind: "number", unit: "kg" }, { key: "takeoff_mass_kg", label: t("admin.field.takeoff_mass_kg"), kind: "number", unit: "kg" },
    { key: "class", label: t("admin.field.class"), kind: "select", choices: CLASSES.map((c) => ({ value: c, label: t(`class.${c}`) })) }, { key: "model", label: t("admin.field.model"), kind: "text" },
    { key: "agricultural", label: t("class.agricultural"), kind: "check", wide: true },
    { key: "scenario", label: t("admin.field.scenario"), kind: "select", choices: SCENARIOS.map((s) => ({ value: s, label: t(`scenario.${s}`) })) }, { key: "insured_until", label: t("admin.field.insured_until"), kind: "day" },
    { key: "serial", label: t("admin.field.serial"), kind: "text" }, { key: "registration_mark", label: t("admin.field.registration_mark"), kind: "text" },
    { key: "remote_ids", label: t("admin.field.remote_ids"), kind: "tags", hint: t("admin.aircraft.remoteHint"), wide: true },
    { key: "icao_address", label: t("admin.field.icao_address"), kind: "text", pattern: /^[0-9a-fA-F]{6}$/, patternHint: t("admin.form.icao"), placeholder: "780ABC" }, { key: "contact_name", label: t("admin.field.contact_name"), kind: "text" },
    { key: "contact_phone", label: t("admin.field.contact_phone"), kind: "text", placeholder: row?.has_phone ? t("admin.phone.keep") : "", wide: true },
  ];
}

export function aircraftStart(row: Aircraft | null, organisation: string): Values {
  return {
    id: row?.id ?? "", name_zh: row?.name?.zh ?? "", name_en: row?.name?.en ?? "", organisation_id: row?.organisation_id ?? organisation, empty_mass_kg: row?.empty_mass_kg ?? null, takeoff_mass_kg: row?.takeoff_mass_kg ?? null,
    class: row?.class || undefined, agricultural: row?.agricultural ?? false, model: row?.model ?? "", scenario: row?.scenario ?? undefined, insured_until: row?.insured_until ?? "", serial: row?.serial ?? "",
    registration_mark: row?.registration_mark ?? "", remote_ids: row?.remote_ids ?? [], icao_address: row?.icao_address ?? "", contact_name: row?.contact_name ?? "", contact_phone: "",
  };
}

/** What the server is sent: the telephone number only if a new one was entered, the class by mass where both masses are known. */
export function aircraftBody(v: Values): Record<string, unknown> {
  const zh = entered(v["name_zh"]);
  const en = entered(v["name_en"]);
  const mass = (k: string): number | undefined => (typeof v[k] === "number" ? (v[k] as number) : undefined);
  return filled({
    class: classOf(mass("empty_mass_kg"), mass("takeoff_mass_kg")) || (v["class"] ?? ""), agricultural: v["agricultural"] === true, model: entered(v["model"]) ?? "",
    name: zh || en ? { zh: zh ?? en, en: en ?? zh } : undefined, scenario: v["scenario"] || undefined, organisation_id: v["organisation_id"],
    empty_mass_kg: mass("empty_mass_kg"), takeoff_mass_kg: mass("takeoff_mass_kg"), insured_until: entered(v["insured_until"]), serial: entered(v["serial"]), registration_mark: entered(v["registration_mark"]),
    remote_ids: ((v["remote_ids"] as string[] | undefined) ?? []).map((s) => s.trim()).filter(Boolean), icao_address: entered(v["icao_address"])?.toLowerCase(),
    contact_name: entered(v["contact_name"]) ?? "", contact_phone: entered(v["contact_phone"]),
  });
}

/** The class as the masses give it, while they are typed. */
export function MassNote({ v }: { v: Values }) {
  const { t } = useTranslation();
  const empty = v["empty_mass_kg"] as number | null | undefined;
  const takeoff = v["takeoff_mass_kg"] as number | null | undefined;
  const by = classOf(empty, takeoff);
  if (by) {
    const declared = v["class"] as string | undefined;
    return <p className="anote" role="status" data-testid="mass-class">{t("admin.aircraft.byMass", { name: t(`class.${by}`) })}{declared && declared !== by ? ` ${t("admin.aircraft.instead", { name: t(`class.${declared}`) })}` : ""}</p>;
  }
  if (empty != null && takeoff != null) return <p className="anote" role="status"><b>✕ {t("admin.aircraft.massesWrong")}</b></p>;
  return <p className="anote dim" role="status">{t("admin.aircraft.massesNeeded")}</p>;
}
