/** A value with its past and future. Changes under one key within a moment are one step, such as letters of a word. */
export class History<T> {
  private past: T[] = [];
  private future: T[] = [];
  private key = "";
  private at = -Infinity;

  constructor(
    private value: T,
    private readonly most = 200,
    private readonly momentMs = 1200,
  ) {}

  get current(): T {
    return this.value;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** Takes a new value; `key` names what changed, `now` is in milliseconds. A `held` one joins its key however long it took, such as a drag. */
  set(value: T, key = "", now = performance.now(), held = false): void {
    if (Object.is(value, this.value)) return;
    const same = key !== "" && key === this.key && (held || now - this.at < this.momentMs);
    if (!same) this.past = [...this.past, this.value].slice(-this.most);
    this.value = value;
    this.future = [];
    this.key = key;
    this.at = now;
  }

  undo(): void {
    const before = this.past.pop();
    if (before === undefined) return;
    this.future.push(this.value);
    this.value = before;
    this.key = "";
  }

  redo(): void {
    const after = this.future.pop();
    if (after === undefined) return;
    this.past.push(this.value);
    this.value = after;
    this.key = "";
  }
}
