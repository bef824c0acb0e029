// The time left in words, said when it is asked for.

import { t, type TextArgs } from "../../shared/fluent";
import type { Client } from "../client.svelte";

export function timeInWords(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return t("time-hours", { hours, minutes });
  return minutes > 0 ? t("time-minutes", { minutes, seconds: seconds % 60 }) : t("time-seconds", { seconds });
}

/** The facts of the text `span`: `8 minutes`, `1 hour, 2 minutes and 5 seconds`. */
export function spanOf(seconds: number): TextArgs {
  const parts = { hours: Math.floor(seconds / 3600), minutes: Math.floor(seconds / 60) % 60, seconds: seconds % 60 };
  const said = (["hours", "minutes", "seconds"] as const).filter((unit) => parts[unit] > 0);
  return { ...parts, unit: said.join("-") };
}

/** Says how much time is left. */
export function sayTime(client: Client): void {
  const left = client.countdown.leftMs(performance.now());
  if (left === null) return client.say(t("time-none"));
  client.say(client.countdown.running ? timeInWords(left) : `${t("time-stopped")} ${timeInWords(left)}`);
}
