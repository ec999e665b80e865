import { useTranslation } from "react-i18next";
import { KEYS } from "./keys";

export function KeysOverlay({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="overlay" role="dialog" aria-modal="false" aria-label={t("keys.title")} data-testid="keys" onClick={onClose}>
      <div className="overlay-card" onClick={(e) => e.stopPropagation()}>
        <header><b>{t("keys.title")}</b><span className="dim">{t("keys.off")}</span><button className="control quiet small" onClick={onClose} aria-label={t("app.close")}>✕</button></header>
        <dl>
          {KEYS.map(([key, word]) => (
            <div key={word}><dt><kbd>{key === "space" ? t("keys.space") : key}</kbd></dt><dd>{t(`keys.${word}`)}</dd></div>
          ))}
        </dl>
      </div>
    </div>
  );
}
