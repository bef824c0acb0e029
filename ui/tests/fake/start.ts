// The fake's readiness checks and record.

import type { Check, Readiness, RecordLine, RecordView } from "../../src/shared/contract";

const check = (id: string, state: Check["state"] = "fine", code = "", args: Record<string, string> = {}): Check => ({
  id,
  state,
  code,
  args,
});
const IDS = ["issuer", "pack", "window", "storage", "keys", "clock", "guard", "keyboard", "fullscreen", "close"];

export const READINESS: Record<"fine" | "missing" | "code", Readiness> = {
  fine: {
    checks: IDS.map((id) => (id === "keyboard" ? check(id, "note", "unsupported", { why: "no portal" }) : check(id))),
    mayBegin: true,
    mayBeginByCode: true,
    level: "L1",
  },
  missing: {
    checks: [
      check("issuer"),
      check("pack", "missing", "pack-damaged"),
      check("window", "missing", "before", { opens: "2026-11-23T09:00:00.000Z" }),
      check("storage", "missing", "full", { megabytes: "31" }),
      check("keys", "note", "passphrase"),
      check("clock", "note", "behind", { minutes: "7" }),
      check("guard", "note", "absent"),
      check("keyboard", "missing", "denied", { why: "refused" }),
      check("fullscreen"),
      check("close"),
    ],
    mayBegin: false,
    mayBeginByCode: false,
    level: "L0",
  },
  code: {
    checks: IDS.map((id) =>
      id === "issuer"
        ? check(id, "note", "unreachable", { host: "Meshery Certification Board" })
        : id === "clock"
          ? check(id, "note", "unknown")
          : check(id),
    ),
    mayBegin: false,
    mayBeginByCode: true,
    level: "L1",
  },
};

const line = (seq: number, kind: string, args: Record<string, string> = {}, by = "candidate"): RecordLine => ({
  seq,
  at: new Date(Date.UTC(2026, 10, 22, 9, 0, seq * 17)).toISOString(),
  by,
  kind,
  args,
});

export const RECORD: RecordView = {
  lines: [
    line(0, "admitted", { lease: "4be1a87c0d5f44b2", client: '{"name":"invigil","version":"0.1.0"}' }, "client"),
    line(1, "acknowledged", { notice: "c3d9b8e7f6a5b4c3" }),
    line(2, "checked", { level: "L1", controls: "[]" }, "client"),
    line(3, "began", { items: "[…]", budgetMs: "1860000" }),
    line(4, "visited", { screen: '{"at":"item","item":"mod-02"}' }),
    line(5, "responded", { item: "mod-02", revision: "1", answered: "true", commitment: "a1b2" }),
    line(6, "flagged", { item: "mod-02", flagged: "true" }),
    line(7, "heartbeat", {}, "client"),
    line(8, "observed", { observation: '{"what":"focusLost"}' }, "client"),
    line(9, "held", { reason: "control-lost" }, "client"),
    line(10, "released", {}, "proctor:resume-code"),
    line(11, "visited", { screen: '{"at":"review"}' }),
    line(12, "closed", { cause: "submitted" }),
  ],
  folder: "~/.local/state/invigil/sittings/s-models",
};
