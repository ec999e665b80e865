// The page of zones beside the live map: the list, one zone, or the editor. Its code and words come with its first opening.

import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { may } from "../api";
import { useDesk } from "../console/desk";
import { useObservable } from "../hooks";
import { PageContext, localShelf, useFeatures, type Page } from "./context";
import type { Draft } from "./draft";
import type { SavedDraft } from "./drafts";
import { Focus } from "./draw/focus";
import { EditSession } from "./draw/session";
import { Editor } from "./Editor";
import { boundsOf, type Feature } from "./feature";
import { EVERYTHING, type Query } from "./list";
import { addZoneWords } from "./words";
import { ZoneCard } from "./ZoneCard";
import { ZoneList } from "./ZoneList";
import "./zones.css";

addZoneWords();

export interface Editing {
  key: string;
  session: EditSession;
}

export default function ZonesPanel() {
  const { t } = useTranslation();
  const desk = useDesk();
  const air = useObservable(desk.map);
  const id = useObservable(desk.zone);
  const features = useFeatures();
  const [query, setQuery] = useState<Query>(EVERYTHING);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [preview, setPreview] = useState<Feature | null>(null);
  const scroll = useRef(0);

  const [dropped, setDropped] = useState<SavedDraft | null>(null);
  useEffect(() => {
    if (!dropped) return;
    const timer = setTimeout(() => setDropped(null), 5000);
    return () => clearTimeout(timer);
  }, [dropped]);
  const page = useMemo<Page>(
    () => ({
      dropped, discarded: setDropped,
      shelf: localShelf(desk.user.username || desk.user.name),
      mayEdit: may(desk.user, "zones.write"),
      // Copies of a superior's are read-only here; a county changes its own zones only.
      keeps: (f) => may(desk.user, "zones.write") && !f.properties.superior
        && (desk.user.organisation?.kind === "city" || (desk.user.scope?.organisation_ids ?? []).includes(f.properties.organisation_id ?? "")),
      edit: (key: string, start: Draft, resumed?: Draft) => setEditing({ key, session: new EditSession(start, resumed) }),
      importFile: () => desk.importing.set({ file: null }),
      toast: (text) => desk.toast.set(text),
    }),
    [desk, dropped],
  );

  // The panel takes its width from the map.
  useEffect(() => {
    air?.map.resize();
    return () => void setTimeout(() => desk.map.get()?.map.resize());
  }, [air, desk]);

  const feature = id ? (features.get(id) ?? null) : null;
  const shown = editing ? null : (preview ?? feature);
  useEffect(() => setPreview(null), [id, feature]);
  const focus = useMemo(() => (air ? new Focus(air) : null), [air]);
  useEffect(() => () => focus?.stop(), [focus]);
  useEffect(() => focus?.show(shown), [focus, shown]);

  // The map and the page show the same zone; while one is edited, a click on another changes nothing here.
  useEffect(() => desk.world.selectedZone.set(editing ? "" : id), [desk, id, editing]);
  useEffect(() => () => desk.world.selectedZone.set(""), [desk]);
  useEffect(() => {
    if (editing) return;
    return desk.world.selectedZone.subscribe(() => desk.zone.set(desk.world.selectedZone.get()));
  }, [desk, editing]);

  const open = (f: Feature): void => {
    desk.zone.set(f.properties.id);
    flyTo(f);
  };
  const flyTo = (f: Feature): void => {
    const box = boundsOf(f);
    if (!box || !air) return;
    const size = Math.min(air.map.getContainer().clientWidth, air.map.getContainer().clientHeight);
    air.map.fitBounds(box, { padding: Math.min(120, size * 0.2), maxZoom: 15, duration: air.context.still ? 0 : 400 });
  };

  return (
    <PageContext value={page}>
      <aside className="zones" aria-label={t("zones.title")} data-testid="zones" data-wide={editing ? true : undefined}>
        {editing ? (
          <Editor key={editing.key} editing={editing} features={features} onDone={(done) => {
            setEditing(null);
            if (done) desk.zone.set(done);
          }} onRebase={(start, draft) => setEditing({ key: editing.key, session: new EditSession(start, draft) })} />
        ) : id ? (
          <ZoneCard key={id} id={id} feature={feature} onBack={() => desk.zone.set("")} onPreview={setPreview} onLocate={flyTo} />
        ) : (
          <ZoneList features={features} query={query} setQuery={setQuery} scroll={scroll} onOpen={open} onClose={() => desk.page.set("")} />
        )}
      </aside>
    </PageContext>
  );
}
