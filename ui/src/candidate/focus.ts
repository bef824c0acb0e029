// Where the focus goes when a screen appears.

/** An attachment: the element takes the focus as it appears, so that a screen reader reads the new screen's heading. */
export function takesFocus(element: HTMLElement): void {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  window.scrollTo?.({ top: 0 });
}
