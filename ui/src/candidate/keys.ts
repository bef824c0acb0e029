// Which key does what, and which keys do nothing while an exam is underway.

export type KeyAction =
  "next" | "previous" | "flag" | "review" | "time" | "help" | "leave" | "zoomIn" | "zoomOut" | "zoomReset";

/** What the help lists, in its order. `keys` are names of keys, so they are not texts. */
export const KEY_LIST: { action: KeyAction; keys: string[] }[] = [
  { action: "next", keys: ["Alt", "N"] },
  { action: "previous", keys: ["Alt", "P"] },
  { action: "flag", keys: ["Alt", "F"] },
  { action: "review", keys: ["Alt", "R"] },
  { action: "time", keys: ["Alt", "T"] },
  { action: "zoomIn", keys: ["Ctrl", "+"] },
  { action: "zoomOut", keys: ["Ctrl", "−"] },
  { action: "zoomReset", keys: ["Ctrl", "0"] },
  { action: "leave", keys: ["Alt", "L"] },
  { action: "help", keys: ["F1"] },
];

const WITH_ALT: Record<string, KeyAction> = {
  n: "next",
  p: "previous",
  f: "flag",
  r: "review",
  t: "time",
  h: "help",
  l: "leave",
};
const WITH_CTRL: Record<string, KeyAction> = {
  "+": "zoomIn",
  "=": "zoomIn",
  "-": "zoomOut",
  "−": "zoomOut",
  "0": "zoomReset",
};

export type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "metaKey" | "shiftKey">;

// A layout without Latin letters, or one where Alt makes other characters, is read by the place of the key.
function letter({ key, code }: Pressed): string {
  const lower = key.toLowerCase();
  if (/^[a-z]$/.test(lower)) return lower;
  const place = /^Key([A-Z])$/.exec(code)?.[1];
  return place ? place.toLowerCase() : lower;
}

/** What a key asks for, if anything. */
export function actionOf(pressed: Pressed): KeyAction | null {
  const { key, code, ctrlKey, altKey, metaKey } = pressed;
  if (metaKey) return null;
  if (key === "F1") return "help";
  if (altKey && !ctrlKey) return WITH_ALT[letter(pressed)] ?? null;
  if (ctrlKey && !altKey) {
    if (code === "NumpadAdd") return "zoomIn";
    if (code === "NumpadSubtract") return "zoomOut";
    if (code === "Digit0" || code === "Numpad0") return "zoomReset";
    return WITH_CTRL[key] ?? null;
  }
  return null;
}

const CTRL_BLOCKED = new Set(["f", "g", "p", "s", "o", "u", "r", "t", "n", "w", "j", "l", "k", ".", ";"]);
const BLOCKED = new Set(["F3", "F5", "F7", "F10", "F11", "F12", "BrowserBack", "BrowserForward", "BrowserRefresh"]);

/** Whether a key is to do nothing during an exam: find, print, save, reload, history, inspectors. */
export function isBlocked(pressed: Pressed): boolean {
  if (BLOCKED.has(pressed.key)) return true;
  if (pressed.ctrlKey && !pressed.altKey) return CTRL_BLOCKED.has(letter(pressed));
  return pressed.altKey && ["ArrowLeft", "ArrowRight", "Home"].includes(pressed.key);
}
