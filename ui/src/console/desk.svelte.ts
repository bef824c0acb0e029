// What the console knows: who is signed in, which page is open, the last answers of the service and how old they are.

import type { Settings, Theme } from "../shared/contract";
import { applyLook } from "../shared/look";
import * as api from "./api";
import { type Detail, type Me, type Sitting, type Sittings, type Taken, Trouble } from "./api";
import type { Wish } from "./arrange";

/** How often the list is fetched anew. */
const REFRESH_MS = 5_000;
const THEME_KEPT = "invigil-console-theme";
const THEMES: readonly Theme[] = ["system", "light", "dark", "contrast"];

function keptTheme(): Theme {
  try {
    const kept = localStorage.getItem(THEME_KEPT);
    return THEMES.find((theme) => theme === kept) ?? "system";
  } catch {
    return "system";
  }
}

function troubleOf(error: unknown): Trouble {
  return error instanceof Trouble ? error : new Trouble("unreachable");
}

/** The sitting that the address names; `null` = the list. */
function placeOf(hash: string): string | null {
  const id = /^#\/sittings\/([^/]+)$/.exec(hash)?.[1];
  return id ? decodeURIComponent(id) : null;
}

export const addressOf = (id: string | null): string => (id ? `#/sittings/${encodeURIComponent(id)}` : "#/");

export class Desk {
  /** Who is signed in; `null` = nobody, `undefined` = not asked yet. */
  me = $state.raw<Me | null | undefined>(undefined);
  /** Whether a login ended by itself. */
  ended = $state(false);
  /** Why the first question had no answer. */
  fatal = $state.raw<Trouble | null>(null);
  open = $state.raw<string | null>(placeOf(location.hash));
  /** The sitting the list was left for. */
  left: string | null = null;

  list = $state.raw<Sittings | null>(null);
  /** Why the last refresh failed. */
  stopped = $state.raw<Trouble | null>(null);

  detail = $state.raw<Detail | null>(null);
  detailTrouble = $state.raw<Trouble | null>(null);
  detailBusy = $state(false);

  /** What of the list is shown; kept while a sitting is open. */
  readonly wish: Wish = $state({ text: "", group: "all", sort: "state", turned: false });
  theme = $state<Theme>(keptTheme());

  #timer: ReturnType<typeof setTimeout> | undefined;
  #round = 0;

  /** The open sitting as the list knows it last, otherwise as it was read. */
  get current(): Sitting | null {
    const read = this.detail?.sitting ?? null;
    const listed = this.list?.sittings.find(({ id }) => id === this.open) ?? null;
    return listed ?? read;
  }

  /** Records of the open sitting that came after it was read. */
  get newer(): number {
    return this.detail ? Math.max(0, (this.current?.logSize ?? 0) - this.detail.records.length) : 0;
  }

  async start(): Promise<void> {
    this.fatal = null;
    try {
      this.me = await api.me();
      this.#entered();
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.code === "login-needed") this.me = null;
      else this.fatal = trouble;
    }
  }

  /** Throws what went wrong. */
  async signIn(name: string, password: string): Promise<void> {
    await api.login(name, password);
    this.me = await api.me();
    this.ended = false;
    this.#entered();
  }

  async signOut(): Promise<void> {
    await api.logout();
    this.#leave(false);
  }

  #entered(): void {
    void this.refresh();
    if (this.open) void this.read(this.open);
  }

  #leave(ended: boolean): void {
    clearTimeout(this.#timer);
    this.#round += 1;
    this.me = null;
    this.ended = ended;
    this.list = this.detail = this.stopped = this.detailTrouble = null;
    this.left = null;
    if (!ended) location.hash = addressOf(null);
  }

  /** Fetches the list now and again every few seconds, as long as somebody can see it. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const round = ++this.#round;
    try {
      const list = await api.sittings();
      if (round !== this.#round) return;
      this.list = list;
      this.stopped = null;
    } catch (error) {
      if (round !== this.#round) return;
      const trouble = troubleOf(error);
      if (trouble.code === "login-needed") return this.#leave(true);
      this.stopped = trouble;
    }
    this.#timer = setTimeout(() => {
      if (document.visibilityState === "visible") void this.refresh();
    }, REFRESH_MS);
  }

  /** The window came back into sight. */
  seen(): void {
    if (this.me && document.visibilityState === "visible") void this.refresh();
  }

  /** The address changed. */
  went(): void {
    const open = placeOf(location.hash);
    if (open === this.open) return;
    this.left = open ? null : this.open;
    this.open = open;
    this.detail = this.detailTrouble = null;
    if (open && this.me) void this.read(open);
  }

  /** Reads a sitting in full. The service notes it, so it happens only when the proctor asks. */
  async read(id: string): Promise<void> {
    this.detailBusy = true;
    this.detailTrouble = null;
    try {
      const detail = await api.sitting(id);
      if (this.open === id) this.detail = detail;
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.code === "login-needed") return this.#leave(true);
      if (this.open === id) this.detailTrouble = trouble;
    } finally {
      this.detailBusy = false;
    }
  }

  /** Carries out what a proctor asked for. Throws what went wrong; a login that has ended leads to signing in. */
  async #carryOut<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.code === "login-needed") this.#leave(true);
      throw trouble;
    }
  }

  /** The link under which another computer takes a sitting over. */
  async move(id: string): Promise<string> {
    return (await this.#carryOut(api.move(id))).link;
  }

  /** Takes in a hand-in file; the list then shows what it brought. */
  async handIn(file: Blob): Promise<Taken> {
    const taken = await this.#carryOut(api.handIn(file));
    void this.refresh();
    return taken;
  }

  look(theme: Theme): void {
    this.theme = theme;
    this.showLook();
    try {
      localStorage.setItem(THEME_KEPT, theme);
    } catch {
      // A browser that keeps nothing still shows the colours until it is closed.
    }
  }

  showLook(): void {
    const settings: Settings = { theme: this.theme, zoom: 100, timer: false };
    applyLook(settings);
  }
}
