import { useTranslation } from "react-i18next";

export default function ZonesPanel() {
  const { t } = useTranslation();
  return <aside className="zones" aria-label={t("nav.zones")} />;
}
