// Boxes of what covers the map, in its own pixels: no label may lie under them. Measuring forces a layout, so it is
// done only after something came, went or changed its size.

import type { Box } from "../layers/placement";

const MARGIN = 4;

export class Panels {
  private known: Box[] | null = null;
  private readonly sizes = new ResizeObserver(() => this.forget());
  private readonly children: MutationObserver;

  constructor(private readonly container: HTMLElement) {
    this.children = new MutationObserver(() => this.watch());
    const side = container.parentElement;
    if (side) this.children.observe(side, { childList: true });
    window.addEventListener("lowsky:panels", this.forget);
    document.addEventListener("transitionend", this.settled);
    this.watch();
  }

  boxes(): Box[] {
    if (this.known) return this.known;
    const at = this.container.getBoundingClientRect();
    this.known = this.obstacles().flatMap((e) => {
      const r = e.getBoundingClientRect();
      if (r.width === 0 || r.x >= at.right) return [];
      return [{ x: r.x - at.x - MARGIN, y: r.y - at.y - MARGIN, width: r.width + 2 * MARGIN, height: r.height + 2 * MARGIN }];
    });
    return this.known;
  }

  stop(): void {
    this.sizes.disconnect();
    this.children.disconnect();
    window.removeEventListener("lowsky:panels", this.forget);
    document.removeEventListener("transitionend", this.settled);
  }

  // A drawer has its box only once it has come to rest.
  private settled = (e: TransitionEvent): void => {
    if ((e.target as Element | null)?.hasAttribute("data-obstacle")) this.forget();
  };

  private forget = (): void => {
    this.known = null;
  };

  private watch(): void {
    this.forget();
    this.sizes.disconnect();
    this.sizes.observe(this.container);
    for (const e of this.obstacles()) this.sizes.observe(e);
  }

  private obstacles(): Element[] {
    return [...document.querySelectorAll(".console [data-obstacle]")];
  }
}
