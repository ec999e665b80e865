import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { say } from "../../words";
import { organisationName, useAdmin } from "../parts/context";
import { Listing } from "../parts/Listing";
import { useLoaded } from "../parts/loaded";
import { Page } from "../parts/Page";
import { Body } from "../parts/Register";
import { Validity } from "../parts/Small";
import { fetchExpiring } from "../rest";
import type { Expiry } from "../types";

const PAGE = { aircraft: "aircraft", pilot: "pilots", organisation: "organisations" } as const;
const DAYS = [7, 30, 90, 365] as const;

/** Validities that have ended or will soon. A row opens what it is about. */
export default function Expiring() {
  const { t } = useTranslation();
  const admin = useAdmin();
  const [days, setDays] = useState<number>(30);
  const list = useLoaded(() => fetchExpiring(days), String(days));
  const rows = [...(list.data ?? [])].sort((a, b) => (a.until < b.until ? -1 : a.until > b.until ? 1 : 0));
  const idOf = (e: Expiry): string => `${e.kind}/${e.id}/${e.what}`;
  const name = (e: Expiry): string => say(e.name) || e.id;
  return (
    <Page
      title={t("admin.sections.expiring")} count={list.data ? t("admin.count", { n: rows.length }) : ""}
      tools={<Select<number> className="afilter" aria-label={t("admin.expiring.within")} value={days} onChange={setDays} options={DAYS.map((d) => ({ value: d, label: t("admin.expiring.days", { n: d }) }))} />}
    >
      <Body list={list} shown={rows.length} none={t("admin.expiring.none", { n: days })} noneHint={t("admin.expiring.noneHint")}>
        <Listing
          rows={rows} idOf={idOf} selected="" label={t("admin.sections.expiring")}
          onOpen={(id) => { const e = rows.find((x) => idOf(x) === id); if (e) admin.go(PAGE[e.kind], e.id); }}
          columns={[
            { key: "until", title: t("admin.field.until"), width: 220, cell: (e) => <Validity day={e.until} />, sort: (a, b) => (a.until < b.until ? -1 : 1) },
            { key: "what", title: t("admin.expiring.what"), width: 190, cell: (e) => t(`admin.what.${e.what}`), sort: (a, b) => (a.what < b.what ? -1 : 1) },
            { key: "kind", title: t("admin.expiring.of"), width: 110, cell: (e) => t(`admin.expiring.kind.${e.kind}`) },
            { key: "name", title: t("admin.field.name"), width: 200, cell: name },
            { key: "id", title: t("admin.field.id"), width: 170, cell: (e) => e.id },
            { key: "organisation", title: t("admin.field.organisation_id"), width: 230, cell: (e) => organisationName(admin, e.organisation_id), sort: (a, b) => (a.organisation_id < b.organisation_id ? -1 : 1) },
          ]}
          card={(e) => ({ title: name(e), side: t(`admin.expiring.kind.${e.kind}`), lines: [<>{t(`admin.what.${e.what}`)} <Validity day={e.until} /></>, organisationName(admin, e.organisation_id)] })}
        />
      </Body>
    </Page>
  );
}
