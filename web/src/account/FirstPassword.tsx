import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { AdminContext, type Admin } from "../admin/parts/context";
import { PHONE, useLoaded, useMedia } from "../admin/parts/loaded";
import { Shell } from "../admin/parts/Shell";
import { signOut, type User } from "../api";
import { Logo } from "../console/Logo";
import { setLanguage } from "../i18n";
import { language } from "../words";
import { PasswordForm } from "./PasswordForm";

/** The password was given by somebody else: before anything is shown, the account's owner sets one that only he knows. */
export default function FirstPassword({ user, onChanged, onEnded }: { user: User; onChanged: () => void; onEnded: () => void }) {
  const { t } = useTranslation();
  const phone = useMedia(PHONE);
  const organisations = useLoaded(() => Promise.resolve([]));
  const admin = useMemo<Admin>(() => ({ user, organisations, phone, id: "", open: () => undefined, go: () => undefined, jurisdiction: (j) => j }), [user, organisations, phone]);
  return (
    <Shell>
      <AdminContext value={admin}>
        <main className="signin" data-testid="first-password">
          <div className="signin-card afirst">
            <h1><Logo /> Lowsky</h1>
            <p><b>{t("admin.account.first", { name: user.name })}</b></p>
            <p className="signin-title">{t("admin.account.firstWhy")}</p>
            <PasswordForm username={user.username ?? ""} onChanged={onChanged} />
            <div className="signin-foot">
              <button type="button" className="control quiet small" onClick={() => void signOut().catch(() => undefined).then(onEnded)}>{t("top.signOut")}</button>
              <button type="button" className="control quiet small" onClick={() => setLanguage(language() === "zh" ? "en" : "zh")}>{t("top.language")}</button>
            </div>
          </div>
        </main>
      </AdminContext>
    </Shell>
  );
}
