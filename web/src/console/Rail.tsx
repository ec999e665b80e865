import { useTranslation } from "react-i18next";

/** Ways to the screens that exist. */
export function Rail() {
  const { t } = useTranslation();
  return (
    <nav className="rail" aria-label={t("nav.console")}>
      <a href="#" aria-current="page" onClick={(e) => e.preventDefault()}>
        <svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" aria-hidden="true">
          <circle cx="9" cy="9" r="1.7" /><path d="M5.8 12.2a4.5 4.5 0 0 1 0-6.4M12.2 5.8a4.5 4.5 0 0 1 0 6.4M3.3 14.7a8 8 0 0 1 0-11.4M14.7 3.3a8 8 0 0 1 0 11.4" />
        </svg>
        {t("nav.live")}
      </a>
    </nav>
  );
}
