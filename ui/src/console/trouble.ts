// What went wrong, in words.

import { hasText, t } from "../shared/fluent";
import type { Trouble } from "./api";

export function troubleText(trouble: Trouble): string {
  const key = `trouble-${trouble.code}`;
  if (!hasText(key)) return t("trouble-other", { code: trouble.code });
  return t(key, { seconds: Math.max(1, trouble.waitSeconds) });
}
