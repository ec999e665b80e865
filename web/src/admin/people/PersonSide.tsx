import { useState } from "react";
import { useTranslation } from "react-i18next";
import { allowed, organisationName, owns, useAdmin } from "../parts/context";
import { instant } from "../parts/format";
import { useLoaded } from "../parts/loaded";
import type { Opened } from "../parts/Register";
import { Secret } from "../parts/Secret";
import { Confirm, Facts } from "../parts/Small";
import { Tokens } from "../parts/Tokens";
import { endSessionsOf, fetchTokensOf, resetPassword, savePerson } from "../rest";
import { grantedBy } from "../roles";
import type { Person } from "../types";
import { PersonForm } from "./PersonForm";

export function PersonSide({ row, changed, state, roles }: Opened<Person> & { state: string; roles: string }) {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [editing, setEditing] = useState(false);
  const [password, setPassword] = useState("");
  const [done, setDone] = useState("");
  const tokens = useLoaded(() => fetchTokensOf(row.username), row.username);
  const mine = allowed(admin, "people.write") && owns(admin.user, row.organisation_id);
  const self = row.username === admin.user.username;
  if (password) return <Secret title={t("admin.people.password", { name: row.username })} hint={t("admin.people.passwordHint")} secret={password} onDone={() => { setPassword(""); changed(); }} />;
  if (editing) return <PersonForm row={row} onCancel={() => setEditing(false)} onDone={() => { setEditing(false); changed(); }} />;
  const disable = (disabled: boolean): Promise<void> => savePerson(row.username, { display_name: row.display_name, roles: row.roles, organisation_id: row.organisation_id, disabled }).then(changed);
  return (
    <>
      <Facts facts={[
        [t("admin.field.username"), row.username], [t("admin.field.roles"), roles], [t("admin.field.organisation_id"), organisationName(admin, row.organisation_id)], [t("admin.people.state"), state],
        [t("admin.people.last"), instant(row.last_sign_in_at)], [t("admin.people.passwordAt"), instant(row.password_changed_at)], [t("admin.people.made"), instant(row.created_at)],
        [t("admin.people.by"), t(row.external_id ? "admin.people.external" : "admin.people.local")],
      ]} />
      {mine ? (
        <div className="aactions">
          <button type="button" className="control" onClick={() => setEditing(true)} data-testid="edit">{t("admin.edit")}</button>
          {!row.external_id && <Confirm word={t("admin.people.reset")} ask={t("admin.people.resetAsk")} failed={t("admin.people.notReset")} act={() => resetPassword(row.username).then((a) => setPassword(a.password))} testid="reset" />}
          <Confirm word={t("admin.people.end")} ask={t("admin.people.endAsk")} failed={t("admin.people.notEnded")} act={() => endSessionsOf(row.username).then(() => setDone(t("admin.people.ended")))} testid="end-sessions" />
          {!self && (row.disabled
            ? <Confirm word={t("admin.people.enable")} ask={t("admin.people.enableAsk")} failed={t("admin.notSaved")} act={() => disable(false)} testid="enable" />
            : <Confirm word={t("admin.people.disable")} ask={t("admin.people.disableAsk")} failed={t("admin.notSaved")} act={() => disable(true)} testid="disable" />)}
        </div>
      ) : allowed(admin, "people.write") && <p className="dim">{t("admin.notOwned")}</p>}
      {done && <p role="status">{done}</p>}
      <Tokens list={tokens} owner={row.username} permissions={grantedBy(row.roles)} mayWrite={mine} />
    </>
  );
}
