import { useTranslation } from "react-i18next";
import { quantity } from "../../words";
import { useKinds } from "../context";
import { Section, TextField, useFields } from "./fields";

export function MarginsSection() {
  const { t } = useTranslation();
  const { session, draft } = useFields();
  const kind = useKinds().find((k) => k.kind === draft.kind);
  const usual = kind?.buffer_m;
  return (
    <Section n={5} title={t("zones.edit.margins")} summary={[draft.buffer, draft.warningBand].map((v) => (v ? `${v} m` : "–")).join(" · ")} fields={["buffer", "warningBand"]}>
      <div className="zpair">
        <TextField label={t("zones.edit.buffer")} field="buffer" numeric value={draft.buffer} testId="zone-buffer" placeholder={usual === undefined ? "" : String(usual)}
          hint={usual === undefined ? t("zones.edit.bufferNone") : t("zones.edit.bufferHint", { v: quantity(usual, "m") })} onChange={(buffer) => session.change({ buffer }, "buffer")} />
        <TextField label={t("zones.edit.warningBand")} field="warningBand" numeric value={draft.warningBand} placeholder={kind?.warning_band_m === undefined ? "" : String(kind.warning_band_m)}
          hint={t("zones.edit.warningHint")} onChange={(warningBand) => session.change({ warningBand }, "warningBand")} />
      </div>
    </Section>
  );
}
