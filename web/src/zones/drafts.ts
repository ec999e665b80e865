// Drafts that survive a reload, in this browser and under the name of who wrote them.

import type { Draft } from "./draft";

export interface SavedDraft {
  /** "new:…" or "edit:<zone>". */
  key: string;
  draft: Draft;
  savedAt: number;
}

/** The part of Storage that is needed. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const FORM = 1; // of what is stored; others are left alone

export class DraftShelf {
  private readonly name: string;

  constructor(private readonly shelf: Shelf | null, user: string) {
    this.name = `lowsky.zone-drafts.${user}`;
  }

  /** Newest first. What cannot be read counts as none. */
  list(): SavedDraft[] {
    try {
      const stored = JSON.parse(this.shelf?.getItem(this.name) ?? "null") as { form?: number; drafts?: SavedDraft[] } | null;
      if (stored?.form !== FORM || !Array.isArray(stored.drafts)) return [];
      return stored.drafts.filter((d) => typeof d?.key === "string" && Array.isArray(d.draft?.volumes)).sort((a, b) => b.savedAt - a.savedAt);
    } catch {
      return [];
    }
  }

  find(key: string): SavedDraft | undefined {
    return this.list().find((d) => d.key === key);
  }

  /** Whether it was kept: a full or refused storage answers false, and the person is told. */
  save(saved: SavedDraft): boolean {
    return this.write([saved, ...this.list().filter((d) => d.key !== saved.key)]);
  }

  remove(key: string): boolean {
    return this.write(this.list().filter((d) => d.key !== key));
  }

  private write(drafts: SavedDraft[]): boolean {
    try {
      if (!this.shelf) return false;
      this.shelf.setItem(this.name, JSON.stringify({ form: FORM, drafts }));
      return true;
    } catch {
      return false;
    }
  }
}
