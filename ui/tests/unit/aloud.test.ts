// What is handed to the shell to be said, and what is not.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sayAloud } from "../../src/candidate/aloud";

let said: string[];
let end: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `<p id="plain">At rest</p><div role="status" id="region"></div><div role="timer" aria-live="off" id="timer">5:00</div>`;
  said = [];
  end = sayAloud((text) => said.push(text));
});
afterEach(() => {
  end();
  vi.useRealTimers();
});

const element = (id: string) => document.getElementById(id) as HTMLElement;
const settle = () => vi.advanceTimersByTimeAsync(1000);

it("says what appears in a live region, and an alert that appears whole", async () => {
  element("region").textContent = "Three minutes left";
  await settle();
  element("plain").insertAdjacentHTML("afterend", `<div><div role="alert">Not  saved.</div></div>`);
  await settle();
  expect(said).toEqual(["Three minutes left", "Not saved."]);
});

it("says the same again only when it was gone in between", async () => {
  const region = element("region");
  region.textContent = "Flagged.";
  await settle();
  region.innerHTML = "<p>Flagged.</p>";
  await settle();
  expect(said).toEqual(["Flagged."]);
  region.textContent = "";
  await Promise.resolve();
  region.textContent = "Flagged.";
  await settle();
  expect(said).toEqual(["Flagged.", "Flagged."]);
});

it("waits until words rest, and says only the last ones", async () => {
  for (const left of [12, 11, 10]) {
    element("region").textContent = `Room for ${left} more characters.`;
    await vi.advanceTimersByTimeAsync(100);
  }
  await settle();
  expect(said).toEqual(["Room for 10 more characters."]);
});

it("never says the timer or what is no live region", async () => {
  element("timer").textContent = "4:59";
  element("plain").textContent = "Saved";
  await settle();
  expect(said).toEqual([]);
});

it("leaves nothing for a screen reader to say a second time", async () => {
  element("region").textContent = "Once";
  await settle();
  expect(element("region").getAttribute("aria-live")).toBe("off");
});
