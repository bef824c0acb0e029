// The window's memory: the last view, the home screen, where the lobby is, what went wrong. It holds no rule of an
// exam; it passes acts and questions to the host and keeps what comes back.

import type {
  Act,
  AdmissionView,
  Ask,
  Home,
  Item,
  ItemId,
  Offer,
  Problem,
  Settings,
  SittingId,
  SittingView,
  View,
} from "../shared/contract";
import { problemOf, type Host, type ReplyTo } from "../shared/exchange";
import { applyLook, zoomStep } from "../shared/look";
import { Answers } from "./answers.svelte";
import { Countdown } from "./countdown";

/** Where the lobby is. */
export type Place =
  | { at: "home" }
  | { at: "offer"; offer: Offer }
  /** A trial of this computer, under the rules of a sitting or, without one, the strictest. */
  | { at: "trial"; sitting: SittingId | null; exam: string | null };

export class Client {
  view = $state.raw<View>({ revision: -1, sitting: null, link: null, rehearsal: null });
  home = $state.raw<Home | null>(null);
  settings = $state.raw<Settings>({ theme: "system", zoom: 100, timer: true });
  place = $state.raw<Place>({ at: "home" });
  /** What kept the window from starting at all. */
  fatal = $state.raw<Problem | null>(null);
  /** What went wrong last. */
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  /** What a screen reader is told on request. */
  said = $state("");
  /** Whether the screen of recorded facts is open. */
  showRecord = $state(false);

  readonly answers: Answers;
  readonly countdown = new Countdown();
  /** Grows whenever the countdown was set anew. */
  synced = $state(0);
  #items = new Map<ItemId, Promise<Item>>();
  #admission: AdmissionView | null = null;
  /** The last link that was looked up by itself, as it was counted. */
  #followed = -1;

  constructor(readonly host: Host) {
    this.answers = new Answers((act) => this.dispatch(act));
  }

  get sitting() {
    return this.view.sitting;
  }

  /** Connects to the runtime and shows whatever it shows. */
  async start(): Promise<void> {
    this.fatal = null;
    try {
      await this.host.subscribe((view) => this.take(view));
      this.#takeHome(await this.host.lobby({ ask: "home" }));
    } catch (error) {
      this.fatal = problemOf(error);
    }
  }

  /** Takes a view unless a newer one is here. */
  take(view: View): void {
    if (view.revision < this.view.revision) return;
    const before = this.view.sitting;
    const now = view.sitting;
    this.view = view;
    if (before?.id !== now?.id) {
      this.answers.clear();
      this.#items.clear();
      this.problem = null;
      this.showRecord = false;
      if (!now) void this.refreshHome("home");
      else if (this.place.at === "trial") this.place = { at: "home" };
    }
    const over = (sitting: SittingView | null): boolean =>
      sitting?.phase === "closed" || sitting?.stopped === "seat-moved";
    if (over(now) && !over(before)) this.answers.clear();
    if (now) {
      this.countdown.sync(now.time, performance.now());
      this.synced += 1;
    } else if (view.link && this.#followed < view.link.nth) {
      this.#followed = view.link.nth;
      void this.lookUp(view.link.link);
    }
  }

  /** Carries out an act. Throws its problem. */
  async dispatch(act: Act): Promise<void> {
    this.take(await this.host.dispatch(act));
  }

  /** Carries out an act the candidate waits for. A problem is shown; false = it did not work. */
  act(act: Act): Promise<boolean> {
    return this.#attempt(() => this.dispatch(act));
  }

  /** Sends what is unsaved, then carries out `act`. Where `needed`, only if everything is durable. */
  async actAfterSaving(act: Act, needed: boolean): Promise<boolean> {
    const durable = await this.answers.flush();
    if (!durable && needed) {
      this.problem = this.answers.trouble;
      return false;
    }
    return this.act(act);
  }

  /** Asks for something whose answer is a view. */
  go(ask: Extract<Ask, { ask: "open" | "practice" | "leave" }>): Promise<boolean> {
    return this.#attempt(async () => this.take(await this.host.lobby(ask)));
  }

  async #attempt(work: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  refreshHome(ask: "home" | "refreshHome"): Promise<boolean> {
    return this.#attempt(async () => this.#takeHome(await this.host.lobby({ ask })));
  }

  /** Begins a rehearsal of a failure. Nothing comes back, unless it is called off or refused. */
  rehearse(): Promise<boolean> {
    return this.#attempt(async () => void (await this.host.lobby({ ask: "rehearse" })));
  }

  /** Calls a rehearsal off, or closes what it found. */
  async rehearsalOver(): Promise<void> {
    try {
      await this.host.lobby({ ask: "rehearsalOver" });
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Ends the application. */
  quit(): Promise<boolean> {
    return this.#attempt(async () => void (await this.host.lobby({ ask: "quit" })));
  }

  /** Opens the keys, then goes on with the link that waited for them. */
  async unlock(passphrase: string): Promise<boolean> {
    const open = await this.#attempt(async () => this.#takeHome(await this.host.lobby({ ask: "unlock", passphrase })));
    if (open && this.view.link && !this.sitting) void this.lookUp(this.view.link.link);
    return open;
  }

  lookUp(link: string): Promise<boolean> {
    return this.#attempt(async () => {
      const offer = await this.host.lobby({ ask: "lookUp", link });
      this.place = { at: "offer", offer };
    });
  }

  /** Fetches the admission of an offer and opens its sitting. */
  admit(offer: Offer): Promise<boolean> {
    return this.#attempt(async () => {
      this.#admission = await this.host.lobby({ ask: "admit", link: offer.link });
      this.take(await this.host.lobby({ ask: "open", sitting: this.#admission.sitting }));
      this.place = { at: "home" };
    });
  }

  async admission(): Promise<AdmissionView> {
    if (this.#admission?.sitting !== this.sitting?.id) {
      this.#admission = await this.host.lobby({ ask: "admission" });
    }
    return this.#admission as AdmissionView;
  }

  /** An item's content, fetched once. */
  item(id: ItemId): Promise<Item> {
    const known = this.#items.get(id);
    if (known) return known;
    const asked = this.host.lobby({ ask: "item", item: id }).then((reply) => reply.item);
    this.#items.set(id, asked);
    asked.catch(() => this.#items.delete(id));
    return asked;
  }

  toHome(): void {
    this.place = { at: "home" };
    this.problem = null;
  }

  /** Goes to the page that tries this computer. */
  toTrial(sitting: SittingId | null = null, exam: string | null = null): void {
    this.place = { at: "trial", sitting, exam };
    this.problem = null;
  }

  /** Changes how the window looks, at once here and for good on this device. */
  async change(change: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...change };
    this.settings.zoom = zoomStep(this.settings.zoom);
    applyLook(this.settings);
    try {
      const home = await this.host.lobby({ ask: "settings", settings: this.settings });
      this.home = { ...home };
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Tells a screen reader `text` at the next pause. */
  say(text: string): void {
    this.said = "";
    setTimeout(() => (this.said = text), 50);
  }

  #takeHome(home: ReplyTo<{ ask: "home" }>): void {
    this.home = home;
    this.settings = home.settings;
    applyLook(home.settings);
  }
}
