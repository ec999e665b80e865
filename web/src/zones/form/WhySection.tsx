import { useTranslation } from "react-i18next";
import type { Scenario, Text } from "../../vocabulary";
import { REASONS } from "../draft";
import type { Exemption, ZoneContact } from "../feature";
import { Icon } from "../Mark";
import { Problems, Section, SelectField, TextField, useFields } from "./fields";

const PURPOSES = ["AUTHORIZATION", "NOTIFICATION", "INFORMATION"] as const;
const SCENARIOS = ["wellness", "rescue", "city", "logistics", "agriculture", "tourism"] as const;

export function WhySection() {
  const { t } = useTranslation();
  const { session, draft } = useFields();
  const line = (key: "reasonZh" | "reasonEn" | "conditionsZh" | "conditionsEn" | "messageZh" | "messageEn" | "authority", field?: string, wide = false) => (
    <TextField label={t(`zones.edit.${key}`)} {...(field ? { field } : {})} wide={wide} value={draft[key]} onChange={(v) => session.change({ [key]: v }, key)} />
  );
  const contact = (i: number, patch: Partial<ZoneContact>, key: string): void => session.change({ contacts: draft.contacts.map((c, k) => (k === i ? { ...c, ...patch } : c)) }, `contact.${key}.${i}`);
  const toggle = (r: string): void => session.change({ reasons: draft.reasons.includes(r) ? draft.reasons.filter((x) => x !== r) : [...draft.reasons, r] });
  const both = (v: string): Text => ({ zh: v, en: v });
  return (
    <Section n={6} title={t("zones.edit.why")} start={draft.reasons.length + draft.contacts.length > 0} summary={draft.authority} fields={["reasons", "reason", "conditions", "message", "authority", "contact"]}>
      <div className="zcodes" role="group" aria-label={t("zones.edit.reasonCodes")} data-field="reasons">
        {REASONS.map((r) => <button key={r} className="zday" aria-pressed={draft.reasons.includes(r)} title={r} onClick={() => toggle(r)}>{t(`zones.reasonCode.${r}`)}</button>)}
        <Problems field="reasons" />
      </div>
      <div className="zpair">{line("reasonZh", "reason")}{line("reasonEn")}</div>
      <div className="zpair">{line("conditionsZh", "conditions")}{line("conditionsEn")}</div>
      <div className="zpair">{line("messageZh", "message")}{line("messageEn")}</div>
      {line("authority", "authority", true)}
      {draft.contacts.map((c, i) => (
        <fieldset className="zperiod" key={i} data-field={`contact.${i}`}>
          <legend>{`${t("zones.edit.contacts")} ${i + 1}`}</legend>
          <button className="zicon remove" aria-label={`${t("zones.edit.remove")} ${i + 1}`} onClick={() => session.change({ contacts: draft.contacts.filter((_, k) => k !== i) })}><Icon name="trash" size={14} /></button>
          <div className="zpair">
            <TextField label={t("zones.edit.contactName")} value={c.name?.zh ?? ""} onChange={(v) => contact(i, { name: both(v) }, "name")} />
            <TextField label={t("zones.edit.contactPerson")} value={c.person?.zh ?? ""} onChange={(v) => contact(i, { person: both(v) }, "person")} />
            <TextField label={t("zones.edit.contactPhone")} value={c.phone ?? ""} onChange={(phone) => contact(i, { phone }, "phone")} />
            <TextField label={t("zones.edit.contactEmail")} value={c.email ?? ""} onChange={(email) => contact(i, { email }, "email")} />
            <SelectField label={t("zones.edit.contactPurpose")} value={c.purpose ?? ""} onChange={(purpose) => contact(i, { purpose }, "purpose")}
              options={[["", t("zones.unknown")], ...PURPOSES.map((p) => [p as string, t(`zones.purpose.${p}`)] as const), ...(c.purpose && !PURPOSES.some((p) => p === c.purpose) ? [[c.purpose, c.purpose] as const] : [])]} />
            <TextField label={t("zones.edit.contactBefore")} value={c.before ?? ""} placeholder="PT4H" onChange={(before) => contact(i, { before }, "before")} />
          </div>
          <Problems field={`contact.${i}`} />
        </fieldset>
      ))}
      <button className="control small" onClick={() => session.change({ contacts: [...draft.contacts, {}] })}><Icon name="plus" size={13} />{t("zones.edit.addContact")}</button>
    </Section>
  );
}

export function ExemptSection() {
  const { t } = useTranslation();
  const { session, draft } = useFields();
  const set = (i: number, patch: Partial<Exemption>, key: string): void => session.change({ exemptions: draft.exemptions.map((x, k) => (k === i ? { ...x, ...patch } : x)) }, `exemption.${key}.${i}`);
  return (
    <Section n={7} title={t("zones.edit.exempt")} start={draft.exemptions.length > 0} summary={draft.exemptions.length > 0 ? String(draft.exemptions.length) : t("zones.card.exemptNone")} fields={["exemption"]}>
      {draft.exemptions.map((x, i) => (
        <div className="zexempt" key={i} data-field={`exemption.${i}`}>
          <TextField label={t("zones.edit.organisation")} value={x.organisation_id ?? ""} onChange={(organisation_id) => set(i, { organisation_id }, "organisation")} />
          <SelectField label={t("zones.edit.scenario")} value={x.scenario ?? ""} onChange={(scenario) => set(i, { scenario: scenario === "" ? undefined : (scenario as Scenario) }, "scenario")} options={[["", t("zones.edit.anyScenario")], ...SCENARIOS.map((s) => [s as string, t(`scenario.${s}`)] as const)]} />
          <TextField label={t("zones.edit.plan")} value={x.plan_id ?? ""} onChange={(plan_id) => set(i, { plan_id }, "plan")} />
          <button className="zicon" aria-label={`${t("zones.edit.remove")} ${i + 1}`} onClick={() => session.change({ exemptions: draft.exemptions.filter((_, k) => k !== i) })}><Icon name="trash" size={14} /></button>
          <Problems field={`exemption.${i}`} />
        </div>
      ))}
      <div className="zreason">
        <button className="control small" onClick={() => session.change({ exemptions: [...draft.exemptions, {}] })}><Icon name="plus" size={13} />{t("zones.edit.addExemption")}</button>
        <small className="dim">{t("zones.edit.exemptHint")}</small>
      </div>
    </Section>
  );
}
