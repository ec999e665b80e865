// One's own account: password, sessions, keys for programs.

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { AdminContext, type Admin } from "../admin/parts/context";
import { Failure } from "../admin/parts/Failure";
import { instant } from "../admin/parts/format";
import { PHONE, useLoaded, useMedia } from "../admin/parts/loaded";
import { Page } from "../admin/parts/Page";
import { Shell } from "../admin/parts/Shell";
import { Confirm, Facts } from "../admin/parts/Small";
import { Tokens } from "../admin/parts/Tokens";
import { endSession, fetchOwnTokens, fetchSessions } from "../admin/rest";
import type { Permission } from "../admin/types";
import { useDesk } from "../console/desk";
import { say } from "../words";
import { agentWords } from "./agent";
import { PasswordForm } from "./PasswordForm";

export default function AccountPage() {
  const { t } = useTranslation();
  const desk = useDesk();
  const { user } = desk;
  const phone = useMedia(PHONE);
  const organisations = useLoaded(() => Promise.resolve([]));
  const tokens = useLoaded(fetchOwnTokens);
  const admin = useMemo<Admin>(() => ({ user, organisations, phone, id: "", open: () => undefined, go: () => undefined, jurisdiction: (j) => j }), [user, organisations, phone]);
  return (
    <Shell>
      <AdminContext value={admin}>
        <Page title={t("nav.account")}>
          <div className="account" data-testid="account">
            <section className="asub">
              <header><h3>{t("admin.account.who")}</h3></header>
              <Facts facts={[
                [t("admin.field.display_name"), user.name], [t("admin.field.username"), user.username], [t("admin.field.organisation_id"), say(user.organisation?.name)],
                [t("admin.field.roles"), (user.roles ?? []).map((r) => t(`admin.role.${r}`, { defaultValue: r })).join(", ")], [t("admin.account.method"), t(`admin.account.by.${user.method ?? "password"}`)],
              ]} />
              <details><summary>{t("admin.account.permissions", { n: user.permissions?.length ?? 0 })}</summary><ul className="aplain">{(user.permissions ?? []).map((p) => <li key={p}>{t(`admin.permission.${p.replace(".", "_")}`, { defaultValue: p })}</li>)}</ul></details>
            </section>
            <section className="asub">
              <header><h3>{t("admin.account.password")}</h3></header>
              {user.method === "oidc" ? <p className="dim">{t("admin.account.external")}</p> : <PasswordForm username={user.username ?? ""} />}
            </section>
            <Sessions />
            <Tokens list={tokens} owner={null} permissions={(user.permissions ?? []) as Permission[]} mayWrite={user.method !== "token"} />
          </div>
        </Page>
      </AdminContext>
    </Shell>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const list = useLoaded(fetchSessions);
  const rows = [...(list.data ?? [])].sort((a, b) => Number(b.current === true) - Number(a.current === true) || (a.used_at < b.used_at ? 1 : -1));
  const others = rows.filter((s) => !s.current);
  // One by one, so that what was not ended is known.
  const endOthers = async (): Promise<void> => {
    try {
      for (const s of others) await endSession(s.id);
    } finally {
      list.reload();
    }
  };
  return (
    <section className="asub" data-testid="sessions">
      <header><h3>{t("admin.account.sessions")}</h3><span className="dim">{rows.length || ""}</span><span className="grow" />
        {others.length > 0 && <Confirm word={t("admin.account.endOthers")} ask={t("admin.account.endOthersAsk", { n: others.length })} failed={t("admin.account.notEnded")} act={endOthers} testid="end-others" />}
      </header>
      {list.error !== null && <Failure title={t("admin.notRead")} error={list.error} retry={list.reload} />}
      <ul className="aitems">
        {rows.map((s) => (
          <li key={s.id}>
            <b>{agentWords(s.agent) || t("admin.account.unknownAgent")}</b><span>{s.current ? <span className="tag">{t("admin.account.current")}</span> : ""}</span>
            <small>{s.from} · {t("admin.account.began", { when: instant(s.began_at) })} · {t("admin.account.used", { when: instant(s.used_at) })} · {t("admin.account.ends", { when: instant(s.ends_at) })}</small>
            {!s.current && <Confirm word={t("admin.account.end")} ask={t("admin.account.endAsk")} failed={t("admin.account.notEnded")} act={() => endSession(s.id).then(list.reload)} testid="session-end" />}
          </li>
        ))}
      </ul>
    </section>
  );
}
