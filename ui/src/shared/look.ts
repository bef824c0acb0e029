// How the window looks: theme and zoom as attributes of the document. The sheet does the rest.

import type { Settings, Theme } from "./contract";

export const ZOOM_MIN = 80;
export const ZOOM_MAX = 200;
export const ZOOM_STEP = 10;

/** The step of the zoom nearest to `percent`. */
export function zoomStep(percent: number): number {
  const step = Math.round(percent / ZOOM_STEP) * ZOOM_STEP;
  return Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, step));
}

function asks(query: string): boolean {
  return typeof window.matchMedia === "function" && window.matchMedia(query).matches;
}

/** The colours to show for `theme`, where `system` follows the desktop. */
export function coloursOf(theme: Theme): Exclude<Theme, "system"> {
  if (theme !== "system") return theme;
  if (asks("(prefers-contrast: more)")) return "contrast";
  return asks("(prefers-color-scheme: dark)") ? "dark" : "light";
}

/** Shows the window as `settings` ask. */
export function applyLook(settings: Settings): void {
  const root = document.documentElement;
  root.dataset["theme"] = coloursOf(settings.theme);
  root.dataset["zoom"] = String(zoomStep(settings.zoom));
}

/** Calls `changed` whenever the desktop's own wishes change. */
export function watchDesktop(changed: () => void): void {
  for (const query of ["(prefers-contrast: more)", "(prefers-color-scheme: dark)"]) {
    window.matchMedia?.(query).addEventListener("change", changed);
  }
}
