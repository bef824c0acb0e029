// What went wrong, in words.

import { hasText, t, type TextArgs } from "../shared/fluent";
import type { Trouble } from "./api";

export function troubleText(trouble: Trouble, args: TextArgs = {}): string {
  const key = `trouble-${trouble.code}`;
  if (!hasText(key)) return t("trouble-other", { code: trouble.code });
  return t(key, { seconds: Math.max(1, trouble.waitSeconds), ...args });
}
