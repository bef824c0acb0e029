// Dates, spans and identifiers as people read them. The words come from the texts; only numbers are made here.

import type { Wall } from "./contract";

const DAY_AND_TIME: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short" };

/** A calendar time in the reader's own zone. */
export function dayAndTime(wall: Wall): string {
  return new Intl.DateTimeFormat(undefined, DAY_AND_TIME).format(new Date(wall));
}

/** A day in the reader's own zone. */
export function day(wall: Wall): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(new Date(wall));
}

/** A time of day. */
export function hourAndMinute(wall: Wall): string {
  return new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(new Date(wall));
}

/** A time of day with seconds. */
export function timeOfDay(wall: Wall): string {
  return new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }).format(new Date(wall));
}

/** `1:04:09` or `4:09`; a second that has begun counts whole. */
export function clockFace(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1000);
  const two = (n: number): string => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A fingerprint in four groups, which is how two people compare it. */
export function inGroups(fingerprint: string): string[] {
  const bare = fingerprint.replace(/[\s:-]/g, "");
  const size = Math.max(1, Math.ceil(bare.length / 4));
  return Array.from({ length: 4 }, (_, i) => bare.slice(i * size, (i + 1) * size)).filter((group) => group !== "");
}
