import { render, screen } from "@testing-library/svelte";
import axe from "axe-core";
import { describe, expect, it, vi } from "vitest";
import Choice from "../../src/candidate/exam/items/Choice.svelte";
import ExtendedText from "../../src/candidate/exam/items/ExtendedText.svelte";
import TextEntry from "../../src/candidate/exam/items/TextEntry.svelte";
import type { Feedback, Value } from "../../src/shared/contract";

const choices = ["oak", "birch", "willow"].map((id) => ({ id, content: `<p>${id}</p>` }));
const feedback: Feedback = { right: false, choices: ["oak"], accepted: [], explanation: "", references: [] };

function props(value: Value | null, given: Feedback | null = null) {
  document.body.innerHTML = '<p id="q">Which tree?</p><p id="i">Choose.</p>';
  return { value, feedback: given, labelledby: "q", describedby: "i", type: vi.fn(), choose: vi.fn(), leave: vi.fn() };
}
async function clean() {
  const { violations } = await axe.run(document.body, { rules: { region: { enabled: false } } });
  expect(violations.map(({ id }) => id)).toEqual([]);
}
const input = (element: HTMLElement, value: string) => {
  (element as HTMLInputElement).value = value;
  element.dispatchEvent(new Event("input", { bubbles: true }));
};

describe("one choice", () => {
  const interaction = { kind: "choice" as const, maxChoices: 1, choices };
  it("is a group of radio buttons named by the question", async () => {
    const given = props({ base: { identifier: "birch" } });
    render(Choice, { interaction, ...given });
    expect(screen.getByRole("radiogroup", { name: "Which tree?" })).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>("radio", { name: "birch" }).checked).toBe(true);
    screen.getByRole("radio", { name: "oak" }).click();
    expect(given.choose).toHaveBeenCalledWith({ base: { identifier: "oak" } });
    await clean();
  });
  it("can be cleared", () => {
    const given = props({ base: { identifier: "birch" } });
    render(Choice, { interaction, ...given });
    screen.getByRole("button").click();
    expect(given.choose).toHaveBeenCalledWith(null);
  });
  it("rests while feedback is shown, and says it in words", async () => {
    const given = props({ base: { identifier: "birch" } }, feedback);
    render(Choice, { interaction, ...given });
    screen.getByRole("radio", { name: /oak/ }).click();
    expect(given.choose).not.toHaveBeenCalled();
    expect(screen.getByRole("radio", { name: "birch Not right" })).toBeTruthy();
    expect(screen.getByRole("radio", { name: "oak Right" })).toBeTruthy();
    await clean();
  });
});

describe("several choices", () => {
  const interaction = { kind: "choice" as const, maxChoices: 0, choices };
  it("collects them in the authored order and clears with the last", async () => {
    const given = props({ list: { identifier: ["willow"] } });
    const { rerender } = render(Choice, { interaction, ...given });
    screen.getByRole("checkbox", { name: "oak" }).click();
    expect(given.choose).toHaveBeenLastCalledWith({ list: { identifier: ["oak", "willow"] } });
    await rerender({ value: { list: { identifier: ["oak"] } } });
    screen.getByRole("checkbox", { name: "oak" }).click();
    expect(given.choose).toHaveBeenLastCalledWith(null);
    await clean();
  });
});

describe("text", () => {
  it("sends what is typed, nothing when it is emptied, and hurries on leaving", async () => {
    const given = props({ base: { string: "oa" } });
    render(TextEntry, { interaction: { kind: "textEntry", charsMax: 500 }, ...given });
    const field = screen.getByRole("textbox", { name: "Which tree?" });
    input(field, "oak");
    expect(given.type).toHaveBeenLastCalledWith({ base: { string: "oak" } });
    input(field, "");
    expect(given.type).toHaveBeenLastCalledWith(null);
    field.focus();
    field.blur();
    expect(given.leave).toHaveBeenCalled();
    expect([
      field.getAttribute("spellcheck"),
      field.getAttribute("autocomplete"),
      field.getAttribute("autocorrect"),
    ]).toEqual(["false", "off", "off"]);
    await clean();
  });
  it("tells near the end how much room is left", async () => {
    const given = props({ base: { string: "x".repeat(90) } });
    render(ExtendedText, { interaction: { kind: "extendedText", charsMax: 100 }, ...given });
    expect(screen.getByText("Room for 10 more characters.")).toBeTruthy();
    await clean();
  });
});
