import { describe, expect, it } from "vitest";
import { actionOf, isBlocked, type Pressed } from "../../src/candidate/keys";
import { next, openPlaces, previous } from "../../src/candidate/navigation";
import type { ItemView } from "../../src/shared/contract";
import { clockFace, inGroups } from "../../src/shared/format";
import { coloursOf, zoomStep } from "../../src/shared/look";

const item = (id: string, answered = false, flagged = false): ItemView => ({
  id,
  seen: true,
  answered,
  flagged,
  response: null,
  feedback: null,
});
const items = [item("a", true), item("b", true, true), item("c", false, true)];
const at = (id: string) => ({ at: "item" as const, item: id });

describe("navigation", () => {
  it("leads through the items to the review and back", () => {
    expect([next(items, at("a")), next(items, at("c")), next(items, { at: "review" })]).toEqual([
      at("b"),
      { at: "review" },
      null,
    ]);
    expect([previous(items, at("a")), previous(items, at("b")), previous(items, { at: "review" })]).toEqual([
      null,
      at("a"),
      at("c"),
    ]);
  });
  it("lists what is open before what is flagged, and nothing twice", () => {
    const { unanswered, flagged } = openPlaces(items);
    expect([unanswered.map((p) => p.number), flagged.map((p) => p.number)]).toEqual([[3], [2]]);
  });
});

describe("keys", () => {
  const press = (name: string, code = ""): Pressed => {
    const parts = name.split("+");
    const key = parts.pop() || "+";
    return {
      key,
      code,
      altKey: parts.includes("Alt"),
      ctrlKey: parts.includes("Ctrl"),
      metaKey: parts.includes("Meta"),
      shiftKey: false,
    };
  };
  it.each([
    ["Alt+n", "", "next"],
    ["Alt+т", "KeyN", "next"],
    ["Alt+P", "", "previous"],
    ["Alt+l", "", "leave"],
    ["F1", "", "help"],
    ["Ctrl+=", "", "zoomIn"],
    ["Ctrl+", "NumpadAdd", "zoomIn"],
    ["Ctrl+à", "Digit0", "zoomReset"],
    ["n", "", null],
    ["Ctrl+Alt+n", "", null],
    ["Meta+Alt+n", "", null],
  ])("%s (%s) is %s", (name, code, action) => expect(actionOf(press(name, code))).toBe(action));

  it.each([
    ["Ctrl+f", true],
    ["Ctrl+p", true],
    ["F5", true],
    ["Alt+ArrowLeft", true],
    ["Ctrl+c", false],
    ["Ctrl+v", false],
    ["Ctrl+z", false],
    ["ArrowLeft", false],
    ["Tab", false],
  ])("%s blocked: %s", (name, blocked) => expect(isBlocked(press(name))).toBe(blocked));
});

describe("numbers as people read them", () => {
  it.each([
    [0, "0:00"],
    [1, "0:01"],
    [59_001, "1:00"],
    [605_000, "10:05"],
    [3_600_000, "1:00:00"],
  ])("%i ms is %s", (ms, face) => expect(clockFace(ms)).toBe(face));
  it("groups a fingerprint in four", () => {
    expect(inGroups("7F3A 91C4 0B2E D8A6")).toEqual(["7F3A", "91C4", "0B2E", "D8A6"]);
  });
  it.each([
    [10, 80],
    [104, 100],
    [106, 110],
    [999, 200],
  ])("zoom %i is shown as %i", (asked, shown) => expect(zoomStep(asked)).toBe(shown));
  it("follows the desktop only where it is asked to", () => {
    expect([coloursOf("dark"), coloursOf("system")]).toEqual(["dark", "light"]);
  });
});
