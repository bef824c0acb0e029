// The whole window on the fake runtime, without a browser: what each screen shows, and axe on all of them.

import { render, screen, waitFor } from "@testing-library/svelte";
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
    `home empty states locked nowhere store-silent unreadable fatal notice readiness readiness-missing readiness-code exam exam-half
exam-offline review held reboot-gap paused away away-wait refused sending sending-offline receipt under-review passed failed
practice`.split(/\s+/);

  it.each(SCENARIOS)("has no fault that axe finds: %s", async (scenario) => {
    await open(scenario);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
  });

  it("covers the questions while the exam is stopped", async () => {
    const { runtime } = await open("exam-half");
    await screen.findByText(/duplicates of each other/);
    runtime.reset("held");
    await screen.findByText("The exam is stopped for a moment");
    expect(document.body.textContent).not.toMatch(/duplicates of each other/);
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

  it("drops a view that is older than the one it shows", async () => {
    const { client } = await open("exam");
    const newest = client.view;
    client.take({ revision: newest.revision - 1, sitting: null, link: null });
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
