import { useTranslation } from "react-i18next";
import type { Restriction } from "../../vocabulary";
import { say } from "../../words";
import { useKinds } from "../context";
import { RestrictionMark } from "../Mark";
import { Problems, Section, SelectField, TextField, useFields } from "./fields";

const ALL: readonly Restriction[] = ["prohibited", "requires_authorisation", "conditional", "no_restriction"];

export function WhatSection() {
  const { t } = useTranslation();
  const { session, draft } = useFields();
  const kinds = useKinds();
  const known = kinds.some((k) => k.kind === draft.kind);
  return (
    <Section n={1} title={t("zones.edit.what")} summary={draft.nameZh || draft.nameEn} fields={["name", "restriction", "kind", "id"]}>
      <div className="zpair" data-field="name">
        <TextField label={t("zones.edit.nameZh")} value={draft.nameZh} required testId="zone-name-zh" onChange={(nameZh) => session.change({ nameZh }, "nameZh")} />
        <TextField label={t("zones.edit.nameEn")} value={draft.nameEn} testId="zone-name-en" onChange={(nameEn) => session.change({ nameEn }, "nameEn")} />
        <Problems field="name" />
      </div>
      <div className="zrestrictions" role="radiogroup" aria-label={t("zones.field.restriction")} data-field="restriction">
        {ALL.map((r) => (
          <label key={r} data-on={draft.restriction === r || undefined}>
            <input type="radio" name="restriction" className="visually-hidden" checked={draft.restriction === r} onChange={() => session.change({ restriction: r })} />
            <RestrictionMark restriction={r} /><span className="ellipsis">{t(`restriction.${r}`)}</span>
          </label>
        ))}
        <Problems field="restriction" />
      </div>
      <div className="zpair">
        <SelectField label={t("zones.edit.kind")} field="kind" value={draft.kind} testId="zone-kind" onChange={(kind) => session.change({ kind })}
          options={[["", t("zones.edit.kindNone")], ...kinds.map((k) => [k.kind, say(k.name)] as const), ...(draft.kind && !known ? [[draft.kind, t("zones.edit.kindOther", { kind: draft.kind })] as const] : [])]} />
        {draft.base === 0 && <TextField label={t("zones.edit.id")} field="id" value={draft.id} hint={t("zones.edit.idHint")} onChange={(id) => session.change({ id }, "id")} />}
      </div>
    </Section>
  );
}
