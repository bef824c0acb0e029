// Carries answers from the fields to the runtime by the saver's rule, and says how each one stands.

import type { Act, ItemId, Problem, Value } from "../shared/contract";
import { problemOf } from "../shared/exchange";
import { Saver } from "./saver";

/** How an answer stands; `null` = nothing of it is unsaved. */
export type Unsaved = { is: "saving" } | { is: "failed"; problem: Problem } | null;

// Another try gives the same refusal; the candidate has to change the answer, or nobody can.
const HOPELESS = new Set(["answer-too-long", "wrong-type", "unknown-item", "exam-over", "no-sitting", "seat-moved"]);

export class Answers {
  #saver = new Saver();
  #problems = new Map<ItemId, Problem>();
  #changes = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flying: Promise<void> | null = null;

  constructor(
    private readonly dispatch: (act: Act) => Promise<void>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  type(item: ItemId, value: Value | null): void {
    this.#saver.type(item, value, this.now());
    this.#go();
  }

  choose(item: ItemId, value: Value | null): void {
    this.#saver.choose(item, value, this.now());
    this.#go();
  }

  /** The value to show: the newest unsaved one, else the durable one. */
  value(item: ItemId, durable: Value | null): Value | null {
    void this.#changes;
    const unsaved = this.#saver.unsaved(item);
    return unsaved === undefined ? durable : unsaved;
  }

  unsaved(item: ItemId): Unsaved {
    void this.#changes;
    if (this.#saver.unsaved(item) === undefined) return null;
    const problem = this.#problems.get(item);
    return problem ? { is: "failed", problem } : { is: "saving" };
  }

  /** The first problem of any item, for screens that show no item. */
  get trouble(): Problem | null {
    void this.#changes;
    return this.#problems.values().next().value ?? null;
  }

  /** Sends everything now. True when all of it is durable, false when something failed; it stays queued. */
  async flush(): Promise<boolean> {
    this.#saver.hurry();
    this.#go();
    while (this.#flying) {
      await this.#flying;
      if (this.#problems.size > 0) break;
    }
    return this.#saver.pending.length === 0;
  }

  /** The candidate asks to try again. */
  retry(): void {
    this.#saver.retry();
    this.#go();
  }

  /** Another sitting, or the end of this one. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#saver.clear();
    this.#problems.clear();
    this.#changes += 1;
  }

  #go(): void {
    this.#changes += 1;
    clearTimeout(this.#timer);
    if (this.#flying) return;
    const change = this.#saver.take(this.now());
    if (change) {
      this.#flying = this.#send(change.item, change.value);
      return;
    }
    const wait = this.#saver.waitMs(this.now());
    if (wait !== null) this.#timer = setTimeout(() => this.#go(), wait);
  }

  async #send(item: ItemId, value: Value | null): Promise<void> {
    try {
      await this.dispatch({ act: "respond", item, value });
      this.#saver.landed();
      this.#problems.delete(item);
    } catch (error) {
      const problem = problemOf(error);
      this.#saver.failed(this.now(), !HOPELESS.has(problem.code));
      // The end of the exam has cleared it: there is nothing left that failed.
      if (this.#saver.unsaved(item) !== undefined) this.#problems.set(item, problem);
    }
    this.#flying = null;
    this.#go();
  }
}
