import { useState } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../../clock";
import { dayEnds } from "../days";
import { issueToken, revokeToken } from "../rest";
import type { Permission, Token } from "../types";
import { EntryForm, type Values } from "./EntryForm";
import { Failure } from "./Failure";
import { instant } from "./format";
import type { Loaded } from "./loaded";
import { Secret } from "./Secret";
import { Confirm } from "./Small";

/** Keys for programs of one account: the list, a new one whose secret is shown once, and their end. */
export function Tokens({ list, owner, permissions, mayWrite }: { list: Loaded<Token[]>; owner: string | null; permissions: readonly Permission[]; mayWrite: boolean }) {
  const { t } = useTranslation();
  const [making, setMaking] = useState(false);
  const [secret, setSecret] = useState("");
  const state = (x: Token): string => {
    if (x.revoked_at) return t("admin.tokens.revoked", { when: instant(x.revoked_at) });
    if (x.expires_at && Date.parse(x.expires_at) <= serverNow()) return t("admin.tokens.expired", { when: instant(x.expires_at) });
    return x.expires_at ? t("admin.tokens.until", { when: instant(x.expires_at) }) : t("admin.tokens.forever");
  };
  const live = (x: Token): boolean => !x.revoked_at && !(x.expires_at && Date.parse(x.expires_at) <= serverNow());
  const save = (v: Values): Promise<void> => issueToken(owner, {
    name: String(v["name"]).trim(), permissions: (v["permissions"] as Permission[] | undefined) ?? [], ...(v["expires"] ? { expires_at: dayEnds(String(v["expires"])) } : {}),
  }).then((a) => {
    setSecret(a.secret);
    setMaking(false);
    list.reload();
  });
  return (
    <section className="asub" aria-label={t("admin.tokens.title")}>
      <header><h3>{t("admin.tokens.title")}</h3><span className="grow" />{mayWrite && !making && !secret && <button type="button" className="control small" onClick={() => setMaking(true)} data-testid="token-create">{t("admin.tokens.create")}</button>}</header>
      {secret && <Secret title={t("admin.tokens.secret")} hint={t("admin.tokens.hint")} secret={secret} onDone={() => setSecret("")} />}
      {making && (
        <EntryForm
          start={{ name: "", expires: "", permissions: [] }} submit={t("admin.tokens.create")} failed={t("admin.tokens.notMade")} save={save} onCancel={() => setMaking(false)}
          fields={[
            { key: "name", label: t("admin.tokens.name"), kind: "text", required: true }, { key: "expires", label: t("admin.tokens.expires"), kind: "day", hint: t("admin.tokens.expiresHint") },
            { key: "permissions", label: t("admin.tokens.permissions"), kind: "checks", wide: true, hint: t("admin.tokens.permissionsHint"), choices: permissions.map((p) => ({ value: p, label: t(`admin.permission.${p.replace(".", "_")}`) })) },
          ]}
        />
      )}
      {list.error !== null && <Failure title={t("admin.notRead")} error={list.error} retry={list.reload} />}
      {list.data?.length === 0 && !making && <p className="dim">{t("admin.tokens.none")}</p>}
      <ul className="aitems">
        {[...(list.data ?? [])].sort((a, b) => Number(live(b)) - Number(live(a)) || (a.created_at < b.created_at ? 1 : -1)).map((x) => (
          <li key={x.id} data-off={!live(x) || undefined}>
            <b>{x.name}</b><span>{state(x)}</span>
            <small>{x.permissions?.length ? x.permissions.map((p) => t(`admin.permission.${p.replace(".", "_")}`)).join(", ") : t("admin.tokens.all")}</small>
            <small>{t("admin.tokens.made", { when: instant(x.created_at) })} · {x.last_used_at ? t("admin.tokens.used", { when: instant(x.last_used_at) }) : t("admin.tokens.neverUsed")}</small>
            {mayWrite && live(x) && <Confirm word={t("admin.tokens.revoke")} ask={t("admin.tokens.revokeAsk")} failed={t("admin.tokens.notRevoked")} act={() => revokeToken(owner === null, x.id).then(list.reload)} testid="token-revoke" />}
          </li>
        ))}
      </ul>
    </section>
  );
}
