import { useTranslation } from "react-i18next";
import { may, mayAdminister } from "../api";
import { useObservable } from "../hooks";
import { useDesk } from "./desk";
import type { Page } from "./url";

/** Ways to the screens that exist. */
export function Rail() {
  const { t } = useTranslation();
  const desk = useDesk();
  const page = useObservable(desk.page);
  const link = (to: Page) => ({
    href: "#", "aria-current": page === to ? ("page" as const) : undefined,
    onClick: (e: React.MouseEvent) => {
      e.preventDefault();
      desk.page.set(to);
    },
  });
  return (
    <nav className="rail" aria-label={t("nav.console")}>
      <a {...link("")} data-testid="rail-live">
        <svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" aria-hidden="true">
          <circle cx="9" cy="9" r="1.7" /><path d="M5.8 12.2a4.5 4.5 0 0 1 0-6.4M12.2 5.8a4.5 4.5 0 0 1 0 6.4M3.3 14.7a8 8 0 0 1 0-11.4M14.7 3.3a8 8 0 0 1 0 11.4" />
        </svg>
        {t("nav.live")}
      </a>
      <a {...link("zones")} data-testid="rail-zones">
        <svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
          <path d="M9 2l6.5 3.6v6.8L9 16l-6.5-3.6V5.6zM2.5 5.6L9 9.2l6.5-3.6" />
        </svg>
        {t("nav.zones")}
      </a>
      {may(desk.user, "simulations.read") && (
        <a {...link("simulation")} data-testid="rail-simulation">
          <svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
            <path d="M5 3.2v11.6L14.4 9z" />
          </svg>
          {t("nav.simulation")}
        </a>
      )}
      {mayAdminister(desk.user) && (
        <a {...link("admin")} data-testid="rail-admin">
          <svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
            <circle cx="9" cy="4.2" r="2" /><circle cx="4" cy="13.6" r="2" /><circle cx="14" cy="13.6" r="2" /><path d="M9 6.4v2.4M4 11.4V8.8h10v2.6" />
          </svg>
          {t("nav.admin")}
        </a>
      )}
    </nav>
  );
}
