// A runtime in memory that is good enough to click through every screen. It is not the rules: those are in Rust.

import type {
  Act,
  Alarm,
  Ask,
  HandedLink,
  Problem,
  Rehearsal,
  Reply,
  SittingView,
  View,
} from "../../src/shared/contract";
import { FAKE_ITEMS, feedbackFor } from "./content.ts";
import { ADMISSION, OFFER, SETTINGS, homeFor } from "./home.ts";
import { partsFor, result } from "./numbers.ts";
import { PICTURE } from "./picture.ts";
import { rehearsalFor } from "./rehearsal.ts";
import { ALARMS, PICTURE_SHA256, READINESS, RECORD, trialReport } from "./start.ts";

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}
const refuse = (code: string, args: Record<string, string> = {}): never => {
  throw new Refused({ code, args });
};
const MINUTE = 60_000;

export class FakeRuntime {
  scenario = "home";
  #revision = 0;
  /** The link that was handed over last. */
  link: HandedLink | null = null;
  #settings = SETTINGS;
  #sitting: SittingView | null = null;
  #deadline = 0;
  #failing = 0;
  #rehearsal: Rehearsal | null = null;
  #delayMs = 0;
  #trialOver: () => void = () => undefined;
  readonly responds: Act[] = [];
  onView: (view: View) => void = () => undefined;

  /** Starts over in a scenario; `minutes` left on the clock where there is one. */
  reset(
    scenario: string,
    options: { minutes?: number; theme?: string; zoom?: number; fail?: number; delay?: number } = {},
  ): void {
    this.scenario = scenario;
    this.#settings = {
      ...SETTINGS,
      theme: (options.theme as "light" | undefined) ?? "light",
      zoom: options.zoom ?? 100,
    };
    this.#failing = options.fail ?? 0;
    this.#delayMs = options.delay ?? 0;
    this.responds.length = 0;
    this.#sitting = null;
    this.#rehearsal = rehearsalFor(scenario);
    this.#deadline = Date.now() + (options.minutes ?? 31) * MINUTE;
    this.#arrange(scenario);
    this.push();
  }

  #arrange(scenario: string): void {
    const start = (change: Partial<SittingView>, items = true): void => {
      this.#sitting = { ...fresh(false), ...change };
      if (items) this.#serve(this.#sitting);
    };
    const begun = { phase: "underway", level: "L1" } as const;
    const answered = (upTo: number): void => this.#answer(upTo);
    switch (scenario) {
      case "notice":
        return start({}, false);
      case "readiness":
      case "readiness-missing":
      case "readiness-code":
      case "readiness-seen":
        return start({ phase: "checking", paperCode: "K7QM-2XW4-TD9F-HRA5" }, false);
      case "exam":
        return start(begun);
      case "exam-half":
      case "exam-time":
        start({ ...begun, link: { state: "online", waiting: 0 } });
        return answered(9);
      case "exam-offline":
        start({
          ...begun,
          link: { state: "offline", waiting: 14 },
          notes: [{ code: "restarted", args: { givenBackSeconds: "90" } }],
        });
        return answered(4);
      case "exam-rescue":
        start({ ...begun, notes: [{ code: "disk-full", args: {} }] });
        return answered(9);
      case "moved":
        return start({ ...begun, stopped: "seat-moved", notes: [{ code: "lease-ended", args: {} }] });
      case "review":
        start({ ...begun, screen: { at: "review" } });
        return answered(20);
      case "held":
        return start({
          ...begun,
          phase: "held",
          stopped: "control-lost",
          holdLeftMs: 2.6 * MINUTE,
          controls: [
            { control: "keyboard", holding: { state: "requested", why: "x" } },
            { control: "fullscreen", holding: { state: "denied", why: "x" } },
          ],
          notes: [{ code: "control-lost", args: {} }],
        });
      case "seen":
      case "seen-many":
      case "seen-over":
        return start({
          ...begun,
          phase: "held",
          stopped: "seen",
          holdLeftMs: 2.7 * MINUTE,
          alarms: ALARMS[scenario],
          notes: [{ code: "seen", args: { probe: "outputs", what: "HDMI-1", count: "1" } }],
        });
      case "exam-seen":
        start({ ...begun, notes: [{ code: "seen", args: { probe: "focus", what: "Terminal", count: "1" } }] });
        return answered(9);
      case "reboot-gap":
        return start({ ...begun, phase: "held", stopped: "reboot-gap" });
      case "paused":
        return start({ ...begun, phase: "paused", stopped: "paused" });
      case "away":
        return start({ ...begun, phase: "away", mayReturn: true });
      case "away-wait":
        return start({ ...begun, phase: "away", mayReturn: false });
      case "refused":
        return start({ phase: "refused", withdrawal: "not-ready" }, false);
      case "sending":
        return this.#close("submitted", { state: "online", waiting: 12 });
      case "sending-offline":
        return this.#close("time-up", { state: "offline", waiting: 57 });
      case "receipt":
        this.#close("submitted", { state: "online", waiting: 0 });
        return this.#receipt();
      case "under-review":
        this.#close("terminated", { state: "online", waiting: 0 });
        this.#receipt();
        return void (this.#sitting!.closing!.underReview = true);
      case "passed":
      case "failed":
        this.#close("submitted", { state: "online", waiting: 0 });
        this.#receipt();
        return void (this.#sitting!.closing!.result = result(scenario === "passed"));
      case "practice":
      case "practice-offline":
      case "rehearsal-cut":
      case "rehearsal-back":
      case "rehearsal-lost":
        this.#sitting = fresh(true);
        this.#serve(this.#sitting, 7);
        return scenario === "practice" ? undefined : this.#answer(5);
    }
  }

  #serve(sitting: SittingView, count = 25): void {
    sitting.items = FAKE_ITEMS.slice(0, count).map(({ id }, i) => ({
      id,
      seen: i === 0,
      answered: false,
      flagged: false,
      response: null,
      feedback: null,
    }));
    sitting.screen ??= { at: "item", item: sitting.items[0]!.id };
  }

  #answer(upTo: number): void {
    const sitting = this.#sitting!;
    sitting.items.forEach((item, i) => {
      const interaction = FAKE_ITEMS[i]!.interaction;
      item.seen = i <= upTo;
      item.flagged = i === 2 || i === 6 || i === 21;
      if (i >= upTo || i === 3) return;
      item.answered = true;
      if (interaction.kind !== "choice")
        item.response = { base: { string: "A component is registered with its model." } };
      else if (interaction.maxChoices === 1) item.response = { base: { identifier: "b" } };
      else item.response = { list: { identifier: ["a", "c"] } };
    });
  }

  #close(cause: "submitted" | "time-up" | "terminated", link: SittingView["link"]): void {
    this.#sitting = { ...fresh(false), phase: "closed", link, level: "L1", paperCode: "K7QM-2XW4-TD9F-HRA5" };
    this.#serve(this.#sitting);
    this.#sitting.closing = {
      cause,
      at: "2026-11-22T09:41:12.000Z",
      answered: 23,
      of: 25,
      receipt: null,
      result: null,
      underReview: false,
    };
  }

  #receipt(): void {
    this.#sitting!.closing!.receipt = {
      submission: "4be1a87c0d5f44b2b2bb0d4c1b4c7b0f96c1d1a5b2f1f0a7c3d9b8e7f6a5b4c3",
      received: "2026-11-22T09:41:15.000Z",
    };
  }

  view(): View {
    const sitting = this.#sitting;
    if (sitting && !sitting.practice && sitting.items.length > 0) {
      const standing = sitting.phase === "held" || sitting.phase === "paused" || sitting.phase === "closed";
      const left = Math.max(0, this.#deadline - Date.now());
      if (left === 0 && sitting.phase === "underway") {
        this.#close("time-up", { state: "online", waiting: 3 });
        return this.view();
      }
      const parts = partsFor(this.scenario, left);
      sitting.time = { remainingMs: left, running: !standing, budgetMs: 31 * MINUTE, parts };
    }
    this.#revision += 1;
    return structuredClone({ revision: this.#revision, sitting, link: this.link, rehearsal: this.#rehearsal });
  }

  /** What a probe sees while the computer is checked. */
  sees(alarms: Alarm[]): void {
    this.#sitting!.alarms = alarms;
    this.scenario = alarms.length > 0 ? "readiness-seen" : "readiness";
    this.push();
  }

  push(): void {
    this.onView(this.view());
  }

  async lobby(ask: Ask): Promise<Reply> {
    switch (ask.ask) {
      case "home":
      case "refreshHome":
        if (this.scenario === "fatal") return refuse("already-running");
        return { reply: "home", ...homeFor(this.scenario, this.#settings) };
      case "unlock":
        if (ask.passphrase.length < 12)
          return refuse(this.scenario === "locked" ? "passphrase-wrong" : "passphrase-too-short");
        this.scenario = "home";
        return { reply: "home", ...homeFor(this.scenario, this.#settings) };
      case "settings":
        this.#settings = ask.settings;
        return { reply: "home", ...homeFor(this.scenario, this.#settings) };
      case "lookUp":
        if (!ask.link.startsWith("invigil://")) return refuse("link-malformed");
        return { reply: "offer", ...OFFER, ...(this.scenario === "empty" ? { known: true } : {}) };
      case "admit":
      case "admission":
        return { reply: "admission", ...ADMISSION };
      case "openByCode":
        if (ask.code.replace(/[\s-]/g, "").toUpperCase() !== "7K2M9QXB44") return refuse("resume-code-wrong");
        this.reset("exam-half");
        return { reply: "view", ...this.view() };
      case "handInFile":
        if (this.#failing > 0) return refuse("disk-full");
        return { reply: "file", path: `/home/candidate/Downloads/invigil-${ask.sitting}.invsub` };
      case "open":
        this.#sitting = fresh(false);
        return { reply: "view", ...this.view() };
      case "practice":
        this.#sitting = fresh(true);
        this.#serve(this.#sitting, 7);
        return { reply: "view", ...this.view() };
      case "leave":
        if (this.#sitting?.phase === "underway" && !this.#sitting.practice && !this.#sitting.stopped)
          return refuse("sitting-unfinished");
        this.#sitting = null;
        return { reply: "view", ...this.view() };
      case "readiness":
        return {
          reply: "readiness",
          ...READINESS[this.scenario.split("-")[1] ?? "fine"]!,
        };
      case "trial":
        // It lasts until it is ended, where that is what is to be seen.
        if (this.scenario.endsWith("-running")) await new Promise<void>((resolve) => (this.#trialOver = resolve));
        return { reply: "trial", ...trialReport(this.scenario, ask.sitting, ask.aid) };
      case "rehearse":
        this.#rehearsal = rehearsalFor("rehearsal-cut");
        this.push();
        return { reply: "over" };
      case "rehearsalOver":
        this.#rehearsal = null;
        this.push();
        return { reply: "over" };
      case "trialOver":
        this.#trialOver();
        return { reply: "over" };
      case "item": {
        if (this.scenario === "item-failing") return refuse("storage-failed");
        const item = FAKE_ITEMS.find(({ id }) => id === ask.item) ?? refuse("unknown-item");
        return { reply: "item", item };
      }
      case "record":
        return { reply: "record", ...RECORD };
      case "picture":
        if (ask.sha256 !== PICTURE_SHA256) return refuse("picture-gone");
        return { reply: "picture", jpeg: PICTURE };
      case "say":
        return { reply: "said", text: ask.text };
      case "quit":
        return { reply: "done" };
    }
  }

  async dispatch(act: Act): Promise<View> {
    if (this.#delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#delayMs));
    const sitting = this.#sitting ?? refuse("no-sitting");
    const itemOf = (id: string) => sitting.items.find((item) => item.id === id) ?? refuse("unknown-item");
    switch (act.act) {
      case "acknowledge":
        sitting.phase = "checking";
        break;
      case "decline":
        Object.assign(sitting, { phase: "refused", withdrawal: "declined" });
        break;
      case "begin":
        if (act.code !== null && act.code !== "OPEN") return refuse("start-code-wrong");
        Object.assign(sitting, { phase: "underway", level: "L1", link: { state: "online", waiting: 0 } });
        this.#serve(sitting);
        break;
      case "respond": {
        if (this.#failing > 0) {
          this.#failing -= 1;
          return refuse("storage-failed");
        }
        this.responds.push(act);
        const item = itemOf(act.item);
        item.response = act.value;
        item.answered = act.value !== null;
        break;
      }
      case "visit":
        sitting.screen = act.screen;
        if (act.screen.at === "item") itemOf(act.screen.item).seen = true;
        break;
      case "flag":
        itemOf(act.item).flagged = act.flagged;
        break;
      case "reveal": {
        const item = itemOf(act.item);
        const content = FAKE_ITEMS.find(({ id }) => id === act.item)!;
        const value = JSON.stringify(item.response);
        const right = content.interaction.kind === "extendedText" ? null : /"b"|\["a","c"\]|model list/.test(value);
        item.feedback = feedbackFor(content, right);
        break;
      }
      case "again":
        Object.assign(itemOf(act.item), { feedback: null, response: null, answered: false });
        break;
      case "leave":
        sitting.phase = "away";
        break;
      case "return":
        if (!sitting.mayReturn) return refuse("proctor-only");
        sitting.phase = "underway";
        break;
      case "unlock":
        if (act.code !== "RESUME") return refuse("resume-code-wrong");
        Object.assign(sitting, { phase: "underway", stopped: null, alarms: [], holdLeftMs: null });
        break;
      case "submit":
        this.#close("submitted", { state: "online", waiting: 12 });
        setTimeout(() => {
          if (!this.#sitting?.closing) return;
          this.#receipt();
          this.push();
        }, 1500);
        break;
      case "refresh":
        break;
    }
    return this.view();
  }
}

function fresh(practice: boolean): SittingView {
  return {
    id: practice ? "p-models" : "s-models",
    practice,
    exam: practice ? "Meshery Models, practice" : ADMISSION.exam,
    certification: practice ? "" : ADMISSION.certification,
    candidate: practice ? "" : ADMISSION.candidate,
    phase: practice ? "underway" : "admitted",
    screen: null,
    items: [],
    time: { remainingMs: null, running: false, budgetMs: null, parts: [] },
    saved: 4,
    link: { state: practice ? "none" : "online", waiting: 0 },
    level: null,
    controls: [],
    alarms: [],
    notes: [],
    stopped: null,
    copying: true,
    recording: practice ? null : "taking",
    holdLeftMs: null,
    mayReturn: true,
    withdrawal: null,
    closing: null,
    paperCode: null,
  };
}
