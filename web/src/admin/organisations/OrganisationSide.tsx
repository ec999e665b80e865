import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDesk } from "../../console/desk";
import { useObservable } from "../../hooks";
import { say } from "../../words";
import { entered, filled } from "../parts/choices";
import { allowed, owns, useAdmin } from "../parts/context";
import { EntryForm, type Field, type Values } from "../parts/EntryForm";
import { instant } from "../parts/format";
import { Phone } from "../parts/Phone";
import { Confirm, Facts, Validity } from "../parts/Small";
import { saveOrganisation } from "../rest";
import type { Organisation } from "../types";

const SCENARIOS = ["wellness", "rescue", "city", "logistics", "agriculture", "tourism"] as const;

export function OrganisationSide({ row, changed }: { row: Organisation; changed: () => void }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [editing, setEditing] = useState(false);
  if (editing) return <OrganisationForm row={row} onCancel={() => setEditing(false)} onDone={() => { setEditing(false); changed(); }} />;
  const company = row.kind === "company";
  return (
    <>
      <Facts facts={[
        [t("admin.field.id"), row.id], [t("admin.field.kind"), t(`admin.kind.${row.kind}`)], [t("admin.field.jurisdiction_id"), admin.jurisdiction(row.jurisdiction_id)],
        row.kind === "department" ? [t("admin.field.scenarios"), (row.scenarios ?? []).map((s) => t(`scenario.${s}`)).join(", ")] : null,
        company ? [t("admin.field.credit_code"), row.credit_code] : null, company ? [t("admin.field.certified_until"), <Validity day={row.certified_until} />] : null,
        [t("admin.field.contact_name"), row.contact_name], [t("admin.field.contact_phone"), <Phone kind="organisation" id={row.id} has={row.has_phone} />],
        [t("admin.organisations.state"), t(row.disabled ? "admin.organisations.disabled" : "admin.organisations.active")], [t("admin.field.updated_at"), instant(row.updated_at)],
      ]} />
      {allowed(admin, "register.write") && (owns(admin.user, row.id) ? (
        <div className="aactions">
          <button type="button" className="control" onClick={() => setEditing(true)} data-testid="edit">{t("admin.edit")}</button>
          {row.id !== admin.user.organisation?.id && row.kind !== "city" && (
            <Confirm
              word={t(row.disabled ? "admin.organisations.enable" : "admin.organisations.disable")} ask={t(row.disabled ? "admin.organisations.enableAsk" : "admin.organisations.disableAsk")}
              failed={t("admin.notSaved")} act={() => saveOrganisation({ id: row.id, ...bodyOf(startOf(row, ""), row), disabled: !row.disabled }).then(changed)} testid="disable"
            />
          )}
        </div>
      ) : <p className="dim">{t("admin.notOwned")}</p>)}
    </>
  );
}

function startOf(row: Organisation | null, jurisdiction: string): Values {
  return {
    id: row?.id ?? "", kind: row?.kind ?? "company", name_zh: row?.name.zh ?? "", name_en: row?.name.en ?? "", jurisdiction_id: row?.jurisdiction_id ?? jurisdiction, scenarios: row?.scenarios ?? [],
    credit_code: row?.credit_code ?? "", contact_name: row?.contact_name ?? "", contact_phone: "", certified_until: row?.certified_until ?? "",
  };
}

function bodyOf(v: Values, row: Organisation | null): Record<string, unknown> {
  const zh = entered(v["name_zh"]) ?? "";
  return filled({
    kind: v["kind"], name: { zh, en: entered(v["name_en"]) ?? zh }, jurisdiction_id: v["jurisdiction_id"], scenarios: v["kind"] === "department" ? v["scenarios"] : undefined,
    credit_code: entered(v["credit_code"])?.toUpperCase(), contact_name: entered(v["contact_name"]), contact_phone: entered(v["contact_phone"]), certified_until: entered(v["certified_until"]), disabled: row?.disabled === true,
  });
}

export function OrganisationForm({ row, onCancel, onDone }: { row: Organisation | null; onCancel: () => void; onDone: (id: string) => void }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const region = useObservable(useDesk().region);
  const own = admin.user.organisation;
  const seats = region.jurisdictions.filter((j) => admin.user.scope?.all || j.id === own?.jurisdiction_id).map((j) => ({ value: j.id, label: say(j.name) || j.id }));
  const kinds = (["department", "company"] as const).map((k) => ({ value: k, label: t(`admin.kind.${k}`) }));
  const fields = (v: Values): Field[] => [
    { key: "name_zh", label: t("admin.field.name_zh"), kind: "text", required: true, wide: true }, { key: "name_en", label: t("admin.field.name_en"), kind: "text", wide: true },
    { key: "id", label: t("admin.field.id"), kind: "text", required: true, disabled: row !== null, pattern: /^[a-z0-9][a-z0-9-]{0,63}$/, patternHint: t("admin.form.organisationId") },
    row ? { key: "kind", label: t("admin.field.kind"), kind: "select", required: true, disabled: true, choices: [{ value: row.kind, label: t(`admin.kind.${row.kind}`) }] } : { key: "kind", label: t("admin.field.kind"), kind: "select", required: true, choices: kinds },
    { key: "jurisdiction_id", label: t("admin.field.jurisdiction_id"), kind: "select", required: true, disabled: row !== null && row.kind !== "company", choices: seats, wide: true },
    ...(v["kind"] === "department" ? [{ key: "scenarios", label: t("admin.field.scenarios"), kind: "many", wide: true, choices: SCENARIOS.map((s) => ({ value: s, label: t(`scenario.${s}`) })) } as const] : []),
    ...(v["kind"] === "company" ? [
      { key: "credit_code", label: t("admin.field.credit_code"), kind: "text", pattern: /^[0-9A-Za-z]{18}$/, patternHint: t("admin.form.creditCode") } as const,
      { key: "certified_until", label: t("admin.field.certified_until"), kind: "day" } as const,
    ] : []),
    { key: "contact_name", label: t("admin.field.contact_name"), kind: "text" }, { key: "contact_phone", label: t("admin.field.contact_phone"), kind: "text", placeholder: row?.has_phone ? t("admin.phone.keep") : "" },
  ];
  const save = (v: Values): Promise<void> => {
    const id = row?.id ?? String(v["id"]).trim();
    return saveOrganisation({ id, ...bodyOf(v, row) }).then(() => onDone(id));
  };
  return <EntryForm fields={fields} start={startOf(row, own?.jurisdiction_id ?? "")} submit={t(row ? "admin.save" : "admin.organisations.create")} failed={t("admin.notSaved")} save={save} onCancel={onCancel} />;
}
