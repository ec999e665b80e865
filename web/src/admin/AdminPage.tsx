// People, organisations, registers, devices and the audit trail. Code, words and antd come with the first opening.

import { Suspense, lazy, useMemo, type ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { may } from "../api";
import { useDesk } from "../console/desk";
import { useObservable } from "../hooks";
import { say } from "../words";
import { AdminContext, type Admin } from "./parts/context";
import { PHONE, useLoaded, useMedia } from "./parts/loaded";
import { Shell } from "./parts/Shell";
import { Empty } from "./parts/Small";
import { fetchOrganisations } from "./rest";
import { SECTIONS, type Section } from "./sections";

const pages: Record<Section["id"], ComponentType> = {
  organisations: lazy(() => import("./organisations/Organisations")),
  people: lazy(() => import("./people/People")),
  aircraft: lazy(() => import("./aircraft/AircraftRegister")),
  pilots: lazy(() => import("./pilots/Pilots")),
  sites: lazy(() => import("./sites/Sites")),
  devices: lazy(() => import("./devices/Devices")),
  expiring: lazy(() => import("./expiring/Expiring")),
  import: lazy(() => import("./import/Import")),
  audit: lazy(() => import("./audit/Audit")),
};

/** On a phone the pages are a row that scrolls. */
function intoView(e: HTMLElement | null): void {
  e?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

export default function AdminPage() {
  const { t } = useTranslation();
  const desk = useDesk();
  const { section, id } = useObservable(desk.admin);
  const region = useObservable(desk.region);
  const phone = useMedia(PHONE);
  const organisations = useLoaded(fetchOrganisations);
  const open = SECTIONS.filter((s) => may(desk.user, s.needs));
  const here = SECTIONS.find((s) => s.id === section) ?? open[0];
  const admin = useMemo<Admin>(() => ({
    user: desk.user, organisations, phone, id,
    open: (to) => desk.admin.set({ section: here?.id ?? "", id: to }),
    go: (to, what = "") => desk.admin.set({ section: to, id: what }),
    jurisdiction: (j) => say(region.jurisdictions.find((x) => x.id === j)?.name) || j,
  }), [desk, organisations, phone, id, here, region]);
  const Content = here && may(desk.user, here.needs) ? pages[here.id] : null;
  return (
    <Shell>
      <AdminContext value={admin}>
        <div className="admin" data-testid="admin">
          <nav className="anav" aria-label={t("nav.admin")}>
            {open.map((s) => (
              <a key={s.id} href={`/admin/${s.id}`} aria-current={s.id === here?.id ? "page" : undefined} ref={s.id === here?.id ? intoView : null} data-testid={`admin-${s.id}`} onClick={(e) => {
                if (e.ctrlKey || e.metaKey || e.shiftKey) return;
                e.preventDefault();
                admin.go(s.id);
              }}>{t(`admin.sections.${s.id}`)}</a>
            ))}
          </nav>
          {Content ? <Suspense fallback={<div className="apage" aria-busy="true" />}><Content key={here?.id} /></Suspense> : (
            <div className="apage"><Empty title={t("admin.noRight")} hint={t("admin.noRightHint")} /></div>
          )}
        </div>
      </AdminContext>
    </Shell>
  );
}
