// What the parts of the page share.

import { createContext, useContext, useEffect, useMemo, useState } from "react";
import { serverNow } from "../clock";
import { useDesk } from "../console/desk";
import { useObservable } from "../hooks";
import { DraftShelf, type SavedDraft } from "./drafts";
import type { Draft } from "./draft";
import { asFeature, type Feature } from "./feature";
import { fetchKinds, type ZoneKind } from "./rest";

export interface Page {
  shelf: DraftShelf;
  /** New zones may be published. */
  mayEdit: boolean;
  /** This one may be changed and ended. */
  keeps(f: Feature): boolean;
  edit(key: string, start: Draft, resumed?: Draft): void;
  /** A file is being imported. */
  importFile(): void;
  toast(text: string): void;
  /** A draft that was discarded a moment ago, which the list offers to bring back. */
  dropped: SavedDraft | null;
  discarded(d: SavedDraft | null): void;
}

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error("outside of the page of zones");
  return page;
}

/** Every zone in force, whole, by id. */
export function useFeatures(): ReadonlyMap<string, Feature> {
  const zones = useObservable(useDesk().world.zones);
  return useMemo(() => new Map([...zones.values()].map((z) => [z.id, asFeature(z.feature)])), [zones]);
}

/** The server's minute: what validity is asked for. */
export function useMinute(): number {
  const floor = (): number => Math.floor(serverNow() / 60_000) * 60_000;
  const [minute, set] = useState(floor);
  useEffect(() => {
    const timer = setInterval(() => set(floor()), 1000);
    return () => clearInterval(timer);
  }, []);
  return minute;
}

let kinds: Promise<ZoneKind[]> | null = null;

/** The kinds of objects that the region knows, with their default buffers; none until they are read. */
export function useKinds(): ZoneKind[] {
  const [list, set] = useState<ZoneKind[]>([]);
  useEffect(() => {
    let here = true;
    kinds ??= fetchKinds().catch(() => {
      kinds = null; // asked again with the next opening
      return [];
    });
    void kinds.then((k) => here && set(k));
    return () => void (here = false);
  }, []);
  return list;
}

/** The name of a jurisdiction as the region knows it. */
export function useJurisdictionName(): (id: string) => string {
  const desk = useDesk();
  const region = useObservable(desk.region);
  const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  return (id) => region.jurisdictions.find((j) => j.id === id)?.name[language] || id;
}

export function localShelf(user: string): DraftShelf {
  let storage: Storage | null = null;
  try {
    storage = window.localStorage;
  } catch {
    // blocked: the editor says that drafts are not kept
  }
  return new DraftShelf(storage, user);
}
