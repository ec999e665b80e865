import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../clock";
import { changedFields } from "./diff";
import { fromFeature, toFeature, type Draft } from "./draft";
import { asFeature, type Feature } from "./feature";
import { fetchVersions, type Version } from "./rest";
import { dayWords } from "./schedule";

/** Somebody published first: who, when and what, and the two ways on. What was typed stays either way. */
export function Conflict({ start, draft, current, onLook, onRebase }: { start: Draft; draft: Draft; current: Feature | undefined; onLook(): void; onRebase(start: Draft): void }) {
  const { t } = useTranslation();
  const [newest, setNewest] = useState<Version | null>(null);
  useEffect(() => {
    let here = true;
    fetchVersions(draft.id).then((v) => here && setNewest(v[0] ?? null), () => undefined);
    return () => void (here = false);
  }, [draft.id]);
  const theirs = newest?.feature ? asFeature(newest.feature as never) : current;
  const version = newest?.version ?? theirs?.properties.version;
  const at = Date.parse(newest?.published_at ?? theirs?.properties.published_at ?? "");
  const fields = theirs ? changedFields(toFeature(start, serverNow()), theirs).map((f) => t(`zones.field.${f}`)).join(t("zones.schedule.and")) : "";
  return (
    <div className="problem" role="alert" data-testid="zone-conflict">
      <strong>✕ {t("zones.conflict.title")}</strong>
      <span>
        {version !== undefined && version !== draft.base
          ? t("zones.conflict.who", { by: newest?.published_by || t("zones.unknown"), when: Number.isFinite(at) ? dayWords(at, serverNow()) : t("zones.unknown"), n: version, fields: fields || t("zones.versions.noDiff") })
          : t("zones.conflict.unknown", { n: draft.base })}{" "}
        {t("zones.conflict.keep")}
      </span>
      <div className="zreason">
        <button className="control" onClick={onLook}>{t("zones.conflict.look")}</button>
        {theirs && version !== undefined && version !== draft.base && (
          <button className="control" title={t("zones.conflict.rebaseHint")} onClick={() => onRebase(fromFeature(theirs))} data-testid="zone-rebase">{t("zones.conflict.rebase", { n: version })}</button>
        )}
      </div>
      <small>{t("zones.conflict.rebaseHint")}</small>
    </div>
  );
}
