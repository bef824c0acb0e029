// What the page itself does not allow while an exam is underway. The shell has locks of its own; these make the page
// quiet, so that nobody opens a menu, a print dialog or a search by accident.

import { isBlocked } from "./keys";

function stop(event: Event): void {
  event.preventDefault();
}
function stopMiddle(event: MouseEvent): void {
  // On X11 the middle button pastes whatever was last selected anywhere.
  if (event.button === 1) event.preventDefault();
}
function stopKeys(event: KeyboardEvent): void {
  if (isBlocked(event)) event.preventDefault();
}

/** Blocks from now on. Returns what ends it. */
export function keepPageQuiet(target: Document = document): () => void {
  const ending = new AbortController();
  const options = { capture: true, signal: ending.signal };
  for (const name of ["contextmenu", "dragstart", "dragover", "drop"]) target.addEventListener(name, stop, options);
  target.addEventListener("mousedown", stopMiddle, options);
  target.addEventListener("auxclick", stop, options);
  target.addEventListener("keydown", stopKeys, options);
  return () => ending.abort();
}
