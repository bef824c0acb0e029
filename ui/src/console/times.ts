// Times as the console shows them: the reader's zone, the day only where it is another one.

import type { Wall } from "../shared/contract";

const zones = new Intl.DateTimeFormat(undefined, { timeZoneName: "short" });
const dayOnly = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const hours = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const dayHours = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** The reader's zone as it is named in `at`. */
export function zone(at: Wall | number): string {
  return zones.formatToParts(new Date(at)).find(({ type }) => type === "timeZoneName")?.value ?? "";
}

export function dayOf(at: Wall): string {
  return dayOnly.format(new Date(at));
}

/** Hour and minute; with the day before it when that is not the day of `now`. */
export function hourMinute(at: Wall, now: Wall): string {
  const time = hours.format(new Date(at));
  return dayOf(at) === dayOf(now) ? time : `${dayHours.format(new Date(at))}, ${time}`;
}

/** `0:04:09` into the exam; a minus before it began. */
export function into(ms: number): string {
  const all = Math.floor(Math.abs(ms) / 1000);
  const two = (n: number): string => String(n).padStart(2, "0");
  const face = `${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  return ms <= -1000 ? `−${face}` : face;
}
