// What the page says by itself, handed to the shell, which tells screen readers. In WebKitGTK a live region alone
// reaches few of them.

const REGIONS = "[aria-live=polite], [aria-live=assertive], [role=alert], [role=status], [data-aloud]";
/** While words still change, for instance under typing, nothing is said. */
const PAUSE_MS = 250;

const words = (element: HTMLElement): string =>
  (element.innerText ?? element.textContent ?? "").replace(/\s+/g, " ").trim();

/** Has said what appears in the live regions of the page from now on. Returns what ends it. */
export function sayAloud(say: (text: string) => void): () => void {
  const changed = new Set<HTMLElement>();
  /** What each region last had to say. */
  const said = new WeakMap<HTMLElement, string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function tell(): void {
    for (const region of changed) {
      if (!region.isConnected || words(region) === said.get(region)) continue;
      said.set(region, words(region));
      if (words(region) !== "") say(words(region));
    }
    changed.clear();
  }
  function note(region: HTMLElement): void {
    // What the shell says a screen reader that knows live regions need not say again.
    region.dataset.aloud = "";
    region.setAttribute("aria-live", "off");
    changed.add(region);
    // What was emptied in between is said again.
    if (words(region) === "") said.delete(region);
    clearTimeout(timer);
    timer = setTimeout(tell, PAUSE_MS);
  }
  const observer = new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      const around = (target instanceof Element ? target : target.parentElement)?.closest<HTMLElement>(REGIONS);
      if (around) note(around);
      else
        for (const node of addedNodes) {
          if (!(node instanceof HTMLElement)) continue;
          if (node.matches(REGIONS)) note(node);
          node.querySelectorAll<HTMLElement>(REGIONS).forEach(note);
        }
    }
  });
  observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  return () => {
    observer.disconnect();
    clearTimeout(timer);
  };
}
