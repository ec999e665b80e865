// Takes the place of @rc-component/util's dynamicCSS (vite.config.ts): the server's content security policy refuses <style>
// elements made by scripts, and allows style sheets that scripts construct. Same functions, same meaning; the element that
// is answered is never part of the page, antd only writes its marks on it.

interface Entry {
  key: string;
  priority: number;
  prepend: boolean;
  sheet: CSSStyleSheet;
  css: string;
  element: HTMLStyleElement;
}

interface Options {
  prepend?: boolean | "queue";
  priority?: number;
}

let entries: Entry[] = [];

/** What is prepended lies below all else, by ascending priority; the rest in the order it came. */
function show(): void {
  const below = entries.filter((e) => e.prepend).sort((a, b) => a.priority - b.priority);
  const ours = [...below, ...entries.filter((e) => !e.prepend)].map((e) => e.sheet);
  const known = new Set(all);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((s) => !known.has(s)), ...ours];
}

const all: CSSStyleSheet[] = [];

function put(css: string, key: string, options: Options): HTMLStyleElement {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  all.push(sheet);
  const element = document.createElement("style");
  entries = [...entries, { key, priority: options.priority ?? 0, prepend: !!options.prepend, sheet, css, element }];
  show();
  return element;
}

export function injectCSS(css: string, options: Options = {}): HTMLStyleElement {
  return put(css, "", options);
}

export function removeCSS(key: string): void {
  const before = entries.length;
  entries = entries.filter((e) => e.key !== key);
  if (entries.length !== before) show();
}

export function updateCSS(css: string, key: string, options: Options = {}): HTMLStyleElement {
  const known = entries.find((e) => e.key === key);
  if (!known) return put(css, key, options);
  if (known.css !== css) {
    known.css = css;
    known.sheet.replaceSync(css);
  }
  return known.element;
}

export function clearContainerCache(): void {}

// What else @ant-design/icons' cssUtils has, whose place this takes too.

export function getShadowRoot(): null {
  return null;
}

export function warningOnce(valid: boolean, message: string): void {
  if (!valid) console.warn(message);
}
