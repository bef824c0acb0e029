// Wide code and tables in exam content scroll inside themselves; this lets the keyboard scroll them too.

/** An attachment for an element that holds exam content. */
export function reachable(content: HTMLElement): () => void {
  const wide = [...content.querySelectorAll("pre"), ...[...content.querySelectorAll("table")].map(boxed)];
  const look = () => {
    for (const element of wide) {
      if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
    }
  };
  look();
  if (typeof ResizeObserver === "undefined") return () => undefined;
  const observer = new ResizeObserver(look);
  for (const element of wide) observer.observe(element);
  return () => observer.disconnect();
}

// A table that scrolled itself would lose its meaning to a screen reader, so a box around it does.
function boxed(table: HTMLTableElement): HTMLElement {
  const box = document.createElement("div");
  box.className = "wide";
  table.replaceWith(box);
  box.append(table);
  return box;
}
