// When an answer is sent. The rule of the first promise, without a clock, a timer or a network of its own.
//
// A change is due after 400 ms of quiet and at the latest 1 s after it began, at once where the caller hurries. One
// answer is on its way at a time. The newest value of an item wins. A failed one goes back to the queue.

import type { ItemId, Value } from "../shared/contract";

/** Quiet after which a change is sent. */
export const QUIET_MS = 400;
/** The longest a change may wait. */
export const MOST_MS = 1000;
/** Waits before a failed answer is tried again; the last one repeats, so that no attempt is further away than a save. */
export const RETRY_MS = [500, 1000];

export interface Change {
  item: ItemId;
  value: Value | null;
}

interface Waiting {
  value: Value | null;
  began: number;
  changed: number;
  urgent: boolean;
  failures: number;
  notBefore: number;
}

export class Saver {
  #waiting = new Map<ItemId, Waiting>();
  #flying: (Change & { began: number; failures: number }) | null = null;

  /** The candidate changed an answer by typing. */
  type(item: ItemId, value: Value | null, now: number): void {
    this.#change(item, value, now, false);
  }

  /** The candidate changed an answer in one step: a choice, a cleared answer. */
  choose(item: ItemId, value: Value | null, now: number): void {
    this.#change(item, value, now, true);
  }

  #change(item: ItemId, value: Value | null, now: number, urgent: boolean): void {
    const before = this.#waiting.get(item);
    this.#waiting.set(item, {
      value,
      began: before?.began ?? now,
      changed: now,
      urgent: urgent || (before?.urgent ?? false),
      failures: before?.failures ?? 0,
      notBefore: before && Number.isFinite(before.notBefore) ? before.notBefore : 0,
    });
  }

  /** Everything that waits is due now: the field or the item is left, time is up, the window closes. */
  hurry(): void {
    for (const waiting of this.#waiting.values()) {
      waiting.urgent = true;
      if (Number.isFinite(waiting.notBefore)) waiting.notBefore = 0;
    }
  }

  /** As `hurry`, and also what was given up. The candidate asked for it. */
  retry(): void {
    for (const waiting of this.#waiting.values()) waiting.notBefore = 0;
    this.hurry();
  }

  /** How long until something is due; `null` while an answer is on its way or nothing waits. */
  waitMs(now: number): number | null {
    if (this.#flying || this.#waiting.size === 0) return null;
    const wait = Math.max(0, Math.min(...[...this.#waiting.values()].map(dueAt)) - now);
    return Number.isFinite(wait) ? wait : null;
  }

  /** Takes the answer to send now, if there is one. Tell its end by `landed` or `failed`. */
  take(now: number): Change | null {
    if (this.#flying) return null;
    const due = [...this.#waiting].filter(([, waiting]) => dueAt(waiting) <= now);
    const oldest = due.sort(([, a], [, b]) => a.began - b.began)[0];
    if (!oldest) return null;
    const [item, { value, began, failures }] = oldest;
    this.#waiting.delete(item);
    this.#flying = { item, value, began, failures };
    return { item, value };
  }

  /** The answer on its way is durable. */
  landed(): void {
    this.#flying = null;
  }

  /** The answer on its way is not durable. It goes back unless a newer value waits. */
  failed(now: number, worthRetrying: boolean): void {
    const flying = this.#flying;
    if (!flying) return;
    this.#flying = null;
    const newer = this.#waiting.get(flying.item);
    const failures = flying.failures + 1;
    const pause = RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? MOST_MS;
    this.#waiting.set(flying.item, {
      value: newer ? newer.value : flying.value,
      began: flying.began,
      changed: newer?.changed ?? now,
      urgent: true,
      failures,
      notBefore: worthRetrying || newer ? now + pause : Infinity,
    });
  }

  /** The item's newest value that is not durable yet; `undefined` = there is none. */
  unsaved(item: ItemId): Value | null | undefined {
    const waiting = this.#waiting.get(item);
    if (waiting) return waiting.value;
    return this.#flying?.item === item ? this.#flying.value : undefined;
  }

  /** Items with a value that is not durable yet. */
  get pending(): ItemId[] {
    const items = new Set(this.#waiting.keys());
    if (this.#flying) items.add(this.#flying.item);
    return [...items];
  }

  /** Nothing can be answered any more. */
  clear(): void {
    this.#waiting.clear();
    this.#flying = null;
  }
}

function dueAt({ began, changed, urgent, notBefore }: Waiting): number {
  const due = urgent ? changed : Math.min(changed + QUIET_MS, began + MOST_MS);
  return Math.max(due, notBefore);
}
