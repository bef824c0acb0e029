// The fake's readiness checks, what its probes see, and its record.

import type { Alarm, Check, Control, Readiness, RecordLine, RecordView, Report } from "../../src/shared/contract";
import { DESKTOP } from "./home.ts";

const check = (id: string, state: Check["state"] = "fine", code = "", args: Record<string, string> = {}): Check => ({
  id,
  state,
  code,
  args,
});
const IDS = ["issuer", "pack", "window", "storage", "keys", "clock", "guard"];
const CONTROLS = ["keyboard", "fullscreen", "covers", "close", "clipboard", "page", "awake"];
const HELD = CONTROLS.map((id) => (id === "close" ? check(id, "note", "requested", { why: "x" }) : check(id)));

/** What stops the exam, by scenario. */
export const ALARMS: Record<string, Alarm[]> = {
  seen: [{ probe: "outputs", sees: ["HDMI-1"] }],
  "seen-many": [
    { probe: "remote-login", sees: ["ssh session of candidate"] },
    { probe: "virtual-machine", sees: ["hypervisor bit", "firmware QEMU"] },
  ],
  "seen-over": [],
};

export const READINESS: Record<string, Readiness> = {
  fine: {
    checks: [...IDS.map((id) => check(id)), ...HELD],
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
      check("covers", "missing", "denied", { why: "HDMI-1 is not covered" }),
      check("close", "note", "requested", { why: "x" }),
      check("pictures", "note", "failed", { why: "the screen was not shared" }),
      check("clipboard", "missing", "denied", { why: "a clipboard manager" }),
      check("page"),
      check("awake", "note", "unsupported", { why: "no logind" }),
    ],
    mayBegin: false,
    mayBeginByCode: false,
    level: "L0",
  },
  seen: {
    checks: [
      ...IDS.map((id) => check(id)),
      ...HELD,
      check("probe-outputs", "note", "seen", { what: "HDMI-1, DP-2", count: "2" }),
      check("probe-remote-login", "missing", "seen", { what: "ssh session of candidate", count: "1" }),
    ],
    mayBegin: false,
    mayBeginByCode: false,
    level: "L1",
  },
  code: {
    checks: [
      check("issuer", "note", "unreachable", { host: "Meshery Certification Board" }),
      check("clock", "note", "unknown"),
      ...IDS.filter((id) => id !== "issuer" && id !== "clock").map((id) => check(id)),
      ...HELD,
    ],
    mayBegin: false,
    mayBeginByCode: true,
    level: "L1",
  },
};

const PROBES = "focus lock-screen screen-share clipboard debugger keyboards".split(" ");

/** A trial's report: one that went well, or one with everything in it. */
export function trialReport(scenario: string, sitting: string | null, aid: boolean): Report {
  const bad = scenario === "trial-bad";
  const { checks } = READINESS[bad ? "missing" : "fine"]!;
  const quiet = PROBES.map((probe) => check(`probe-${probe}`));
  const seen = [
    check("probe-outputs", "note", "seen", { what: "HDMI-1", count: "1" }),
    check("probe-remote-login", "missing", "seen", { what: "ssh session of candidate", count: "1" }),
    check("probe-injected-input", "note", "blind", { why: "this desktop does not tell which device a key comes from" }),
    check("probe-terminal", "note", "silent"),
  ];
  return {
    type: "invigil/readiness/1",
    version: "0.1.0",
    at: "2026-11-20T09:00:00.000Z",
    desktop: DESKTOP,
    consent: "not-asked",
    policy: "strict",
    assuranceMin: "L1",
    sitting,
    level: bad ? "L0" : "L1",
    mayBegin: !bad,
    checks: [...checks, ...quiet, ...(bad ? seen : [])],
    controls: CONTROLS.map((control) => ({ control: control as Control, holding: { state: "enforced" } })),
    probes: [],
    aids: aid ? (bad ? [] : ["orca", "onboard"]) : null,
    released: !bad,
  };
}

const line = (seq: number, kind: string, args: Record<string, string> = {}, by = "candidate"): RecordLine => ({
  seq,
  at: new Date(Date.UTC(2026, 10, 22, 9, 0, seq * 17)).toISOString(),
  by,
  kind,
  args,
});

export const PICTURE_SHA256 = "5e".repeat(32);
const FACTS = '{"monitor":"eDP-1","occasion":"trigger","unchanged":4,"stretch":1}';

export const RECORD: RecordView = {
  lines: [
    line(0, "admitted", { lease: "4be1a87c0d5f44b2", client: '{"name":"invigil","version":"0.1.0"}' }, "client"),
    line(1, "acknowledged", { notice: "c3d9b8e7f6a5b4c3" }),
    line(
      2,
      "observed",
      { observation: '{"what":"surveyed","desktop":"KDE, Wayland","checks":["clock-behind"]}' },
      "client",
    ),
    line(3, "checked", { level: "L1", controls: "[]" }, "client"),
    line(4, "began", { items: "[…]", budgetMs: "1860000" }),
    line(5, "visited", { screen: '{"at":"item","item":"mod-02"}' }),
    line(6, "responded", { item: "mod-02", revision: "1", answered: "true", commitment: "a1b2" }),
    line(7, "flagged", { item: "mod-02", flagged: "true" }),
    line(8, "heartbeat", {}, "client"),
    line(9, "observed", { observation: '{"what":"probed","probe":"focus","sees":["Terminal"]}' }, "client"),
    line(10, "observed", { observation: '{"what":"probed","probe":"focus","sees":[]}' }, "client"),
    line(11, "observed", { observation: '{"what":"probed","probe":"outputs","sees":["DP-2","HDMI-1"]}' }, "client"),
    line(12, "captured", { sha256: PICTURE_SHA256, size: "71000", picture: FACTS }, "client"),
    line(
      13,
      "captured",
      { sha256: "00".repeat(32), size: "64000", picture: FACTS.replace("trigger", "interval") },
      "client",
    ),
    line(14, "observed", { observation: '{"what":"looked","monitor":"eDP-1","sight":{"state":"blank"}}' }, "client"),
    line(15, "held", { reason: "seen" }, "client"),
    line(16, "released", {}, "proctor:resume-code"),
    line(17, "observed", { observation: '{"what":"suspended","ms":95000}' }, "client"),
    line(18, "visited", { screen: '{"at":"review"}' }),
    line(19, "closed", { cause: "submitted" }),
  ],
  folder: "~/.local/state/invigil/sittings/s-models",
};
