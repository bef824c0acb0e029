// Where the focus goes when a page appears.

/** An attachment: the heading takes the focus as it appears, so that a screen reader reads the new page's name. */
export function takesFocus(element: HTMLElement): void {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  window.scrollTo?.({ top: 0 });
}
