// Where the focus goes when a screen appears.

/**
 * An attachment for the heading of a screen: the part of the page under it takes the focus as it appears, so that a
 * screen reader says what the screen is called. Debian 12's Orca passes over a heading that takes the focus.
 */
export function takesFocus(heading: HTMLElement): void {
  const part = heading.closest<HTMLElement>("article, section") ?? heading.parentElement ?? heading;
  heading.id ||= "screen-title";
  if (!part.hasAttribute("aria-labelledby")) part.setAttribute("aria-labelledby", heading.id);
  if (part.matches("div:not([role])")) part.setAttribute("role", "region");
  arrive(part);
}

/** The time in which what is new on the page reaches those who look at it from outside. A focus before is not told. */
const SETTLE_MS = 60;

/** The focus goes to a part of the page that cannot be operated, unless the candidate is quicker. */
export function arrive(part: HTMLElement): void {
  part.tabIndex = -1;
  part.dataset.arrived = "";
  window.scrollTo?.({ top: 0 });
  const before = document.activeElement;
  setTimeout(() => {
    const now = document.activeElement;
    if (now === before || now === document.body) part.focus({ preventScroll: true });
  }, SETTLE_MS);
}
