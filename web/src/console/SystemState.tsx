import { useTranslation } from "react-i18next";
import { useObservable } from "../hooks";
import { useDesk } from "./desk";

/** What is not as it should be with the platform itself; nothing while all is well. */
export function SystemState() {
  const { t } = useTranslation();
  const desk = useDesk();
  const storage = useObservable(desk.world.storage);
  const health = useObservable(desk.world.healthState);
  const status = useObservable(desk.status);
  // The platform's licences are the city's business.
  const djiMissing = desk.user.scope?.all && (status?.dji?.configured === false || (status?.dji?.missing?.length ?? 0) > 0);
  return (
    <>
      {storage?.database === "down" && (
        <div className="group system" data-testid="storage-down" title={t("storage.safe")}>
          <b>{t("storage.down")}</b>{storage.backlog > 0 && <span className="dim">{t("storage.backlog", { n: storage.backlog })}</span>}
        </div>
      )}
      {storage?.database === "ok" && storage.backlog > 5000 && <div className="group system"><span className="dim">{t("storage.backlog", { n: storage.backlog })}</span></div>}
      {storage && storage.journal !== "ok" && (
        <div className="group system" data-testid="journal"><b>{t(storage.journal === "full" ? "storage.journalFull" : "storage.journalSlow")}</b></div>
      )}
      {health && health.backlog > 1000 && <div className="group system"><b>{t("top.overload", { n: health.backlog })}</b></div>}
      {djiMissing && <div className="group system dji" data-testid="dji-missing" title={t("top.djiMissingHint")}><span className="dim">{t("top.djiMissing")}</span></div>}
    </>
  );
}
