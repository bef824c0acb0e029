// The whole window on the fake runtime, without a browser: what each screen shows, and axe on all of them.

import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { describe, expect, it } from "vitest";
import App from "../../src/candidate/App.svelte";
import { Client } from "../../src/candidate/client.svelte";
import type { View } from "../../src/shared/contract";
import type { Host } from "../../src/shared/exchange";
import { OFFER } from "../fake/home";
import { FakeRuntime, Refused } from "../fake/runtime";

function hostOf(runtime: FakeRuntime): Host {
  const told = (error: unknown) => {
    throw error instanceof Refused ? error.problem : error;
  };
  return {
    lobby: (ask) => runtime.lobby(ask).catch(told) as never,
    dispatch: (act) => runtime.dispatch(act).catch(told) as Promise<View>,
    subscribe: async (onView) => {
      runtime.onView = onView;
      onView(runtime.view());
    },
  };
}

async function open(scenario: string, options: { fail?: number; minutes?: number } = {}) {
  const runtime = new FakeRuntime();
  runtime.reset(scenario, options);
  const client = new Client(hostOf(runtime));
  render(App, { client });
  await client.start();
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 })).toBeTruthy());
  return { runtime, client };
}

describe("the window", () => {
  const SCENARIOS =
    `home empty states locked nowhere store-silent unreadable key-missing fatal notice readiness readiness-missing readiness-code
readiness-seen exam exam-half exam-seen exam-offline exam-time exam-rescue moved review held seen seen-many seen-over reboot-gap paused away away-wait refused sending sending-offline receipt under-review passed failed
practice`.split(/\s+/);

  it.each(SCENARIOS)(
    "has no fault that axe finds: %s",
    async (scenario) => {
      await open(scenario);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
      expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
    },
    20_000,
  );

  it("covers the questions while the exam is stopped", async () => {
    const { runtime } = await open("exam-half");
    await screen.findByText(/duplicates of each other/);
    runtime.reset("held");
    await screen.findByText("The exam is stopped for a moment");
    expect(document.body.textContent).not.toMatch(/duplicates of each other/);
  });

  it("says what stops the exam, by a code to quote, what to do, and when it goes on", async () => {
    const { client } = await open("seen-many");
    const causes = await screen.findByRole("list", { name: "Why it is stopped" });
    const codes = [...causes.querySelectorAll("li")].map((cause) => cause.dataset.cause);
    expect(codes).toEqual(["remote-login", "virtual-machine"]);
    expect(within(causes).getByText(/signs of a virtual machine: hypervisor bit, firmware QEMU\./)).toBeTruthy();
    expect(screen.getByText(/at the latest in 2:4\d\./)).toBeTruthy();
    expect(screen.getByText(/name the codes above/)).toBeTruthy();
    expect(document.querySelector("[data-problem=seen]")).toBeNull();
    const field = screen.getByLabelText<HTMLInputElement>("Resume code");
    await fireEvent.input(field, { target: { value: "WRONG" } });
    within(field.form!).getByRole("button").click();
    await within(field.form!).findByText("This code does not fit.");
    await fireEvent.input(field, { target: { value: "RESUME" } });
    within(field.form!).getByRole("button").click();
    await waitFor(() => expect(client.sitting?.phase).toBe("underway"));
  });

  it("checks again by itself when something is seen that would stop the exam, and when it is gone", async () => {
    const { runtime } = await open("readiness");
    await screen.findByRole("button", { name: "Begin the exam" });
    runtime.sees([{ probe: "remote-login", sees: ["ssh session of candidate"] }]);
    await screen.findByText("This computer is used from another one: ssh session of candidate.");
    expect(screen.queryByRole("button", { name: "Begin the exam" })).toBeNull();
    runtime.sees([]);
    await screen.findByRole("button", { name: "Begin the exam" });
  });

  it("lists in the notice what the rules look for, and what stops the exam", async () => {
    await open("notice");
    const watched = await screen.findByRole("list", { name: "What Invigil looks for" });
    expect(within(watched).getAllByRole("listitem")).toHaveLength(11);
    expect(within(watched).getAllByText("stops the exam")).toHaveLength(4);
    expect(within(watched).getByText(/Example Recorder, Example Remote Desktop/)).toBeTruthy();
  });

  it("follows a link that is handed over while the start page is open, and again after the keys opened", async () => {
    const { client, runtime } = await open("nowhere");
    runtime.link = { link: OFFER.link, nth: 0 };
    runtime.push();
    await waitFor(() => expect(client.place.at).toBe("offer"));
    client.toHome();
    runtime.push();
    expect(client.place.at).toBe("home");
    await client.unlock("long enough to keep");
    await waitFor(() => expect(client.place.at).toBe("offer"));
    client.toHome();
    runtime.link = { link: OFFER.link, nth: 1 };
    runtime.push();
    await waitFor(() => expect(client.place.at).toBe("offer"));
  });

  it("says why the time left is what it is, and gives the focus back", async () => {
    await open("exam-time");
    const why = within(screen.getByRole("banner")).getByRole("button", { name: "Why this time?" });
    why.click();
    const dialog = await screen.findByRole("dialog", { name: "Why you have this much time left" });
    const rows = within(dialog).getAllByRole("row");
    expect(rows.map((row) => row.querySelector("th")?.textContent)).toEqual([
      "This exam",
      "Your extra time",
      expect.stringMatching(/^Cut off/),
      "Added by a proctor",
      "Given back after restarts",
      "Used so far",
      "Gone while Invigil or the computer was off",
      "Time left",
    ]);
    expect(within(dialog).getByText("minus 3 minutes and 30 seconds")).toBeTruthy();
    expect(within(dialog).getByText(/stood still for 1 minute and 5 seconds/)).toBeTruthy();
  });

  it("shows nothing of an exam that goes on elsewhere, and leads home", async () => {
    const { client, runtime } = await open("exam-half");
    await screen.findByText(/duplicates of each other/);
    client.answers.type("mod-04", { base: { string: "half a word" } });
    runtime.reset("moved");
    await screen.findByText("Your exam goes on at another computer");
    expect(document.body.textContent).not.toMatch(/duplicates of each other/);
    expect(screen.queryByRole("timer")).toBeNull();
    expect(screen.queryByRole("button", { name: "Leave the exam" })).toBeNull();
    expect(client.answers.unsaved("mod-04")).toBeNull();
    screen.getByRole("button", { name: "To the start page" }).click();
    await screen.findByRole("heading", { level: 1, name: "Your exams" });
  });

  it("opens a locked exam by the proctor’s code as people type it", async () => {
    const { client } = await open("locked");
    const field = screen.getByLabelText<HTMLInputElement>("Resume code");
    const form = within(field.form!);
    await fireEvent.input(field, { target: { value: "7k2m9 qxb45" } });
    form.getByRole("button").click();
    await form.findByText("This code does not fit.");
    expect(client.problem).toBeNull();
    await fireEvent.input(field, { target: { value: " 7k2m9-qxb44 " } });
    form.getByRole("button").click();
    await waitFor(() => expect(client.sitting?.phase).toBe("underway"));
  });

  it("asks for the code only where a key is missing", async () => {
    await open("unreadable");
    expect(screen.queryByLabelText("Resume code")).toBeNull();
    expect(document.body.textContent).toMatch(/Do not delete, move or repair anything/);
  });

  it.each(["sending", "receipt", "exam", "exam-offline"])(
    "offers no hand-in file where none is needed: %s",
    async (s) => {
      await open(s);
      expect(screen.queryByRole("button", { name: "Save a hand-in file" })).toBeNull();
    },
  );

  it.each(["sending-offline", "exam-rescue", "states"])(
    "saves a hand-in file and says where it lies: %s",
    async (s) => {
      await open(s);
      const sitting = s === "states" ? "s-sending" : "s-models";
      screen.getByRole("button", { name: /^Save a hand-in file/ }).click();
      expect(await screen.findByText(new RegExp(`/invigil-${sitting}.invsub$`))).toBeTruthy();
      expect(screen.getByText(/only the organisation .* can read it/)).toBeTruthy();
    },
  );

  it("says that a hand-in file was not saved", async () => {
    await open("exam-rescue", { fail: 9 });
    screen.getByRole("button", { name: "Save a hand-in file" }).click();
    expect(await screen.findByText(/The hand-in file was not saved/)).toBeTruthy();
    expect(document.querySelector(".saved .code")).toBeNull();
  });

  it("lists past exams only where there are any", async () => {
    await open("states");
    const past = within(screen.getByRole("region", { name: "Past exams" }));
    expect(past.getAllByRole("listitem")).toHaveLength(3);
    expect(past.getAllByText(/^The answers were removed from this computer on .*, as announced\.$/)).toHaveLength(2);
    cleanup();
    await open("home");
    expect(screen.queryByText("Past exams")).toBeNull();
  });

  it("says before the start how long the answers stay", async () => {
    await open("notice");
    expect(await screen.findByText(/^30 days from the issuer’s receipt on\./)).toBeTruthy();
  });

  it("drops a view that is older than the one it shows", async () => {
    const { client } = await open("exam");
    const newest = client.view;
    client.take({ revision: newest.revision - 1, sitting: null, link: null, rehearsal: null });
    expect(client.view).toBe(newest);
  });

  it("does not hand in while an answer is unsaved", async () => {
    const { client, runtime } = await open("exam", { fail: 9 });
    client.answers.choose("mod-01", { base: { identifier: "a" } });
    expect(await client.actAfterSaving({ act: "submit" }, true)).toBe(false);
    expect(client.problem?.code).toBe("storage-failed");
    expect(runtime.view().sitting?.phase).toBe("underway");
  });

  it("asks the runtime when the shown time has run out", async () => {
    await open("exam", { minutes: 0.005 });
    await screen.findByText("Time is up", undefined, { timeout: 3000 });
  });

  it("keeps the clock silent until it is asked", async () => {
    await open("exam");
    const timer = screen.getByRole("timer");
    expect(timer.getAttribute("aria-live")).toBe("off");
    screen.getByRole("button", { name: "Say the time left" }).click();
    await screen.findByText(/30 minutes and \d+ seconds? left|31 minutes and 0 seconds left/);
  });
});
