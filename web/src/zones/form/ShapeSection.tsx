import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDesk } from "../../console/desk";
import { useObservable } from "../../hooks";
import { quantity } from "../../words";
import { newVolume } from "../draft";
import type { Tool } from "../draw/session";
import { Icon } from "../Mark";
import { parseAngle, parsePasted } from "../paste";
import { areaWords, metresWords } from "../phrases";
import { addPart, areaOf, deleteRing, lineLength, runs, type Shape, type VertexAt } from "../shape";
import { Problems, Section, useFields } from "./fields";

/** Rows of vertices that are listed at most. */
const MOST = 300;

export function ShapeSection() {
  const { t } = useTranslation();
  const { session, draft } = useFields();
  const hand = useObservable(session.volume);
  const sketch = useObservable(session.sketch);
  const refused = useObservable(session.refused);
  const [pasting, setPasting] = useState(false);
  const volume = draft.volumes[hand];
  const shape = volume?.shape;
  const draw = (tool: Tool): void => {
    session.begin(sketch.tool === tool ? "" : tool);
  };
  const tools: readonly [Tool, string][] = [["polygon", "polygon"], ["circle", "circle"], ["corridor", "corridor"], ...(shape?.kind === "polygon" ? ([["part", "part"], ["hole", "hole"]] as [Tool, string][]) : [])];
  return (
    <Section n={2} title={t("zones.edit.where")} summary={shape ? `${t(`zones.shape.${shape.kind}`)} ${areaWords(areaOf(shape))}` : ""} fields={["volume.*.shape"]}>
      {draft.volumes.length > 1 && <div className="zvolumes" role="tablist" aria-label={t("zones.edit.where")}>
        {draft.volumes.map((_, i) => (
          <button key={i} role="tab" className="zday" aria-selected={i === hand} aria-pressed={i === hand} onClick={() => { session.cancel(); session.volume.set(i); session.select(null); }}>{t("zones.edit.volume", { n: i + 1 })}</button>
        ))}
        {hand > 0 && <button className="zicon" aria-label={t("zones.edit.removeVolume", { n: hand + 1 })} title={t("zones.edit.removeVolume", { n: hand + 1 })} onClick={() => session.change({ volumes: draft.volumes.filter((_, i) => i !== hand) })}><Icon name="trash" size={14} /></button>}
      </div>}
      <div className="ztools" role="group" aria-label={t("zones.edit.where")} data-field={`volume.${hand}.shape`}>
        {tools.map(([tool, name]) => (
          <button key={tool} className="control" aria-pressed={sketch.tool === tool} title={shape && tool !== "part" && tool !== "hole" ? t("zones.draw.again") : ""} onClick={() => draw(tool)} data-testid={`zone-draw-${tool}`}><Icon name={tool} />{t(`zones.draw.${name}`)}</button>
        ))}
        <button className="control" aria-pressed={pasting} onClick={() => setPasting(!pasting)} data-testid="zone-paste"><Icon name="paste" />{t("zones.draw.paste")}</button>
      </div>
      <small className="zsmall">{t("zones.draw.small")}</small>
      <Problems field={`volume.${hand}.shape`} />
      {refused && <small className="zproblem" role="alert">{t(`zones.draw.${refused}`)}</small>}
      {pasting && <Paste onTaken={() => setPasting(false)} />}
      {volume?.raw && <small>{t("zones.draw.notEditable")}</small>}
      {shape && !sketch.tool && <ShapeFields key={`${hand} ${shape.kind}`} shape={shape} />}
      {draft.volumes.length < 16 && (shape || volume?.raw) && (
        <button className="control small zadd" onClick={() => { const i = draft.volumes.length; session.change({ volumes: [...draft.volumes, newVolume()] }); session.volume.set(i); session.select(null); }} data-testid="zone-add-volume"><Icon name="plus" size={13} />{t("zones.edit.addVolume")}</button>
      )}
    </Section>
  );
}

function ShapeFields({ shape }: { shape: Shape }) {
  const { t } = useTranslation();
  const { session } = useFields();
  const selected = useObservable(session.selected);
  const all = runs(shape);
  const count = all.reduce((n, r) => n + r.places.length, 0);
  let left = MOST;
  return (
    <>
      <div className="zpair">
        {shape.kind === "circle" && <NumberBox label={t("zones.draw.radiusM")} value={shape.radius} least={1} most={100_000} onChange={(radius) => session.setShape({ ...shape, radius }, "radius")} testId="zone-radius" />}
        {shape.kind === "corridor" && <NumberBox label={t("zones.draw.widthM")} value={shape.width} least={1} most={100_000} onChange={(width) => session.setShape({ ...shape, width }, "width")} testId="zone-width" />}
      </div>
      <p className="zmeasure dim">
        {[count > 1 ? t("zones.shape.vertices", { n: count }) : "", shape.kind === "corridor" ? t("zones.draw.length", { v: metresWords(lineLength(shape.line)) }) : "", t("zones.draw.area", { v: areaWords(areaOf(shape)) })].filter(Boolean).join(" · ")}
        <span> WGS-84</span>
      </p>
      <div className="zvertices" data-own-undo>
        {all.map((r) => {
          const rows = r.places.slice(0, Math.max(0, left));
          left -= r.places.length;
          const ring = shape.kind === "polygon" && (shape.parts.length > 1 || (shape.parts[r.part]?.length ?? 0) > 1);
          return (
            <div key={`${r.part} ${r.ring}`}>
              {ring && (
                <div className="zring">
                  <span>{r.ring === 0 ? t("zones.draw.ringPart", { n: r.part + 1 }) : t("zones.draw.ringHole", { n: r.part + 1, k: r.ring })}</span>
                  {(r.ring > 0 || (shape.kind === "polygon" && shape.parts.length > 1)) && <button className="control quiet small" onClick={() => session.setShape(deleteRing(shape, r.part, r.ring))}>{t("zones.draw.removeRing")}</button>}
                </div>
              )}
              {rows.map((p, index) => {
                const at: VertexAt = { part: r.part, ring: r.ring, index };
                const on = selected?.part === r.part && selected.ring === r.ring && selected.index === index;
                return <VertexRow key={index} at={at} longitude={p[0]} latitude={p[1]} on={on} name={shape.kind === "circle" ? t("zones.draw.centre") : String(index + 1)} single={shape.kind === "circle"} />;
              })}
            </div>
          );
        })}
      </div>
      {count > MOST && <small className="dim">{t("zones.draw.most", { n: MOST, all: count })}</small>}
    </>
  );
}

function VertexRow({ at, longitude, latitude, on, name, single }: { at: VertexAt; longitude: number; latitude: number; on: boolean; name: string; single: boolean }) {
  const { t } = useTranslation();
  const { session } = useFields();
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = row.current?.parentElement?.parentElement;
    if (!on || !box || !row.current || box.contains(document.activeElement)) return;
    const top = row.current.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + 28 > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 2;
  }, [on]);
  return (
    <div ref={row} className="zvertex" data-on={on || undefined} onFocus={() => session.select(at)}>
      <span className="dim">{name}</span>
      <AngleBox label={`${t("zones.draw.vertex")} ${name} ${t("zones.draw.longitude")}`} value={longitude} most={180} onChange={(v) => session.move(at, [v, latitude], `typed ${at.part} ${at.ring} ${at.index}`)} />
      <AngleBox label={`${t("zones.draw.vertex")} ${name} ${t("zones.draw.latitude")}`} value={latitude} most={90} onChange={(v) => session.move(at, [longitude, v], `typed ${at.part} ${at.ring} ${at.index}`)} />
      {!single && (
        <>
          <button className="zicon" aria-label={`${t("zones.draw.insert")} ${name}`} title={t("zones.draw.insert")} onClick={() => session.insert(at)}><Icon name="plus" size={13} /></button>
          <button className="zicon" aria-label={`${t("zones.draw.delete")} ${name}`} title={t("zones.draw.delete")} onClick={() => session.remove(at)}><Icon name="trash" size={13} /></button>
        </>
      )}
    </div>
  );
}

/** Keeps what is typed until it is a number, then gives it on; shows the value again when it is left. */
function useTyped(value: string, parse: (text: string) => number | undefined, onChange: (v: number) => void): { text: string; bad: boolean; type(t: string): void; leave(): void } {
  const [text, setText] = useState<string | null>(null);
  const bad = text !== null && parse(text) === undefined;
  return {
    text: text ?? value, bad, leave: () => setText(null),
    type(next) {
      setText(next);
      const v = parse(next);
      if (v !== undefined) onChange(v);
    },
  };
}

function AngleBox({ label, value, most, onChange }: { label: string; value: number; most: number; onChange(v: number): void }) {
  const typed = useTyped(value.toFixed(6), (text) => {
    const v = parseAngle(text);
    return v === undefined || Math.abs(v) > most ? undefined : v;
  }, onChange);
  return <input className="field" aria-label={label} value={typed.text} aria-invalid={typed.bad || undefined} onChange={(e) => typed.type(e.target.value)} onBlur={typed.leave} />;
}

function NumberBox({ label, value, least, most, onChange, testId }: { label: string; value: number; least: number; most: number; onChange(v: number): void; testId: string }) {
  const typed = useTyped(String(value), (text) => {
    const v = Number(text);
    return text.trim() && v >= least && v <= most ? v : undefined;
  }, onChange);
  return (
    <div className="zfield">
      <label>{label}<input className="field" inputMode="decimal" value={typed.text} aria-invalid={typed.bad || undefined} title={quantity(most, "m")} onChange={(e) => typed.type(e.target.value)} onBlur={typed.leave} data-testid={testId} /></label>
    </div>
  );
}

function Paste({ onTaken }: { onTaken(): void }) {
  const { t } = useTranslation();
  const desk = useDesk();
  const { session } = useFields();
  const [text, setText] = useState("");
  const [kind, setKind] = useState<"polygon" | "part" | "corridor">("polygon");
  const [problem, setProblem] = useState("");
  const take = (): void => {
    const got = parsePasted(text, kind === "corridor");
    if ("problem" in got) return setProblem(got.problem);
    const shape = kind === "part" && got.shape.kind === "polygon" ? addPart(session.shape, got.shape.parts[0]?.[0] ?? []) : got.shape;
    session.setShape(shape);
    const all = runs(shape).flatMap((r) => r.places);
    const [xs, ys] = [all.map((p) => p[0]), all.map((p) => p[1])];
    const air = desk.map.get();
    if (all.length > 0) air?.map.fitBounds([xs.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b)), ys.reduce((a, b) => Math.max(a, b))], { padding: 90, maxZoom: 15, duration: 0 });
    onTaken();
  };
  return (
    <div className="zpaste" data-own-undo>
      <small className="dim">{t("zones.draw.pasteHint")}</small>
      <textarea className="field" rows={6} autoFocus value={text} spellCheck={false} aria-label={t("zones.draw.paste")} onChange={(e) => { setText(e.target.value); setProblem(""); }} data-testid="zone-paste-text" />
      <div className="zreason">
        <select className="field" aria-label={t("zones.draw.pasteAs")} value={kind} onChange={(e) => setKind(e.target.value as "polygon")}>
          {(["polygon", "corridor", "part"] as const).map((k) => <option key={k} value={k}>{`${t("zones.draw.pasteAs")} ${t(`zones.draw.${k}`)}`}</option>)}
        </select>
        <button className="control" onClick={take} disabled={!text.trim()} data-testid="zone-paste-take">{t("zones.draw.take")}</button>
      </div>
      {problem && <small className="zproblem" role="alert">{t(`zones.draw.problem.${problem}`)}</small>}
    </div>
  );
}
