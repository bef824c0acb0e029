// Invented sittings in every state that the console can show, in the shapes of crates/issuer/src/desk/watch.rs.

const START = Date.parse("2026-11-22T08:00:00Z");
const at = (ms) => new Date(START + ms).toISOString();
const MINUTE = 60_000;
const HEX = "0123456789abcdef".repeat(4);
const picture = (occasion) => ({ monitor: "eDP-1", occasion, unchanged: 3, stretch: 1 });

/** Writes a log: `now` moves on by what is said, `boot` begins another start of the computer. */
class Log {
  records = [];
  #ms = 0;
  #boot = 0;
  #bootMs = 0;

  add(afterMs, kind, args = {}, by = "client") {
    this.#ms += afterMs;
    const seq = this.records.length;
    const place = { seq, at: at(this.#ms), elapsed: this.#ms - this.#bootMs, boot: this.#boot, by };
    this.records.push({ ...place, kind, args });
    return this;
  }
  candidate(afterMs, kind, args = {}) {
    return this.add(afterMs, kind, args, "candidate");
  }
  reboot(afterMs) {
    this.#boot += 1;
    this.#bootMs = this.#ms + afterMs - 4_000;
    return this;
  }
  answers(from, to, everyMs) {
    for (let n = from; n <= to; n += 1) {
      this.candidate(1_500, "visited", { screen: { at: "item", item: `q${n}` } });
      for (let left = everyMs; left > 30_000; left -= 30_000) this.add(30_000, "heartbeat", { checkpoint: HEX });
      this.candidate(everyMs % 30_000, "responded", { item: `q${n}`, revision: 1, commitment: HEX, answered: true });
    }
    return this;
  }
  beats(count) {
    for (let n = 0; n < count; n += 1) this.add(30_000, "heartbeat", { checkpoint: HEX });
    return this;
  }
}

const control = (name, state, why) => ({ control: name, holding: why ? { state, why } : { state } });
const CONTROLS = ["keyboard", "fullscreen", "covers", "close", "clipboard", "page", "awake"];
const HOLDING = CONTROLS.map((name) =>
  name === "close" ? control(name, "requested", "the application refuses to close") : control(name, "enforced"),
);
/** The report in which one control is another. */
const but = (changed) => HOLDING.map((held) => (held.control === changed.control ? changed : held));
const probed = (probe, ...sees) => ({ observation: { what: "probed", probe, sees } });
const items = Array.from({ length: 25 }, (_, i) => `q${i + 1}`);

/** Everything that can stand in a log. */
export function eventful() {
  return new Log()
    .add(0, "admitted", { lease: HEX, client: { name: "invigil-desktop", version: "0.1.0" } })
    .add(40, "observed", { observation: { what: "environmentScrubbed", names: ["LD_PRELOAD", "GTK_MODULES"] } })
    .candidate(48_000, "acknowledged", { notice: HEX })
    .add(900, "observed", {
      observation: {
        what: "surveyed",
        desktop: "KDE, Wayland, kwin_wayland",
        checks: ["clock-behind", "keys-passphrase", "of-a-later-version"],
      },
    })
    .add(300, "checked", { level: "L1", controls: HOLDING })
    .add(0, "observed", { observation: { what: "blind", probe: "terminal", why: "no login service answers" } })
    .add(200, "observed", probed("outputs", "HDMI-1"))
    .candidate(9_000, "began", { items, budgetMs: 40 * MINUTE, server: at(58_000), start: HEX })
    .answers(1, 6, 41_000)
    .candidate(2_000, "flagged", { item: "q6", flagged: true })
    .add(11_000, "observed", probed("focus", "Terminal"))
    .add(4_100, "observed", probed("focus"))
    .answers(7, 9, 22_000)
    .add(3_000, "checked", {
      level: "L0",
      controls: but(control("keyboard", "denied", "the compositor ended the grab")),
    })
    .add(20, "held", { reason: "control-lost" })
    .beats(2)
    .add(8_000, "checked", { level: "L0", controls: HOLDING })
    .add(10, "released")
    .answers(10, 12, 64_000)
    .add(0, "observed", { observation: { what: "clockJumped", ms: -3_600_000 } })
    .candidate(5_000, "left")
    .beats(5)
    .add(12_000, "returnAllowed", {}, "proctor:pr-ines")
    .candidate(6_000, "returned")
    .answers(13, 14, 15_000)
    .reboot(140_000)
    .add(140_000, "resumed", { gapMs: 131_000, givenBackMs: 131_000, server: null })
    .add(800, "checked", {
      level: "L0",
      controls: but(control("fullscreen", "requested", "the system does not tell")),
    })
    .add(2_000, "observed", { observation: { what: "guardLost" } })
    .answers(15, 17, 18_000)
    .add(71_000, "observed", { observation: { what: "pageFailed" } })
    .candidate(4_000, "responded", { item: "q3", revision: 2, commitment: HEX, answered: true })
    .candidate(4_000, "responded", { item: "q4", revision: 2, commitment: HEX, answered: false })
    .add(9_000, "observed", probed("focus", "another window"))
    .candidate(3_000, "visited", { screen: { at: "review" } })
    .add(2_000, "observed", probed("focus"))
    .add(21_000, "observed", probed("outputs", "HDMI-1"))
    .add(5_000, "observed", probed("outputs", "DP-2", "HDMI-1"))
    .add(9_000, "observed", probed("screen-share", "Example Recorder"))
    .add(0, "held", { reason: "seen" })
    .beats(1)
    .add(6_000, "observed", probed("screen-share"))
    .add(0, "released")
    .add(1_000, "observed", probed("outputs"))
    .add(2_000, "observed", { observation: { what: "suspended", ms: 95_000 } })
    .add(2_000, "observed", probed("something-new", "of a later version"))
    .add(2_000, "observed", probed("virtual-machine", "hypervisor bit", "firmware QEMU"))
    .add(1_000, "paused", {}, "proctor:pr-ines")
    .beats(3)
    .add(20_000, "continued", {}, "proctor:pr-ines")
    .add(100, "granted", { ms: 5 * MINUTE }, "proctor:pr-ines")
    .add(14_000, "resumed", { gapMs: 0, givenBackMs: 9_000, server: at(30 * MINUTE) })
    .beats(4)
    .candidate(5_000, "visited", { screen: { at: "item", item: "q17" } })
    .add(1_000, "captured", { sha256: HEX, size: 48_112, picture: picture("trigger") })
    .candidate(2_000, "responded", { item: "q17", revision: 2, commitment: HEX, answered: true })
    .reboot(250_000)
    .add(250_000, "moved", { lease: HEX, client: { name: "invigil-desktop", version: "0.1.1" } })
    .add(0, "resumed", { gapMs: 250_000, givenBackMs: 160_000, server: at(38 * MINUTE) })
    .add(900, "checked", { level: "L1", controls: HOLDING })
    .add(900, "observed", { observation: { what: "looked", monitor: "eDP-1", sight: { state: "clear" } } })
    .add(900, "observed", {
      observation: { what: "looked", monitor: null, sight: { state: "failed", why: "the screen was not shared" } },
    })
    .beats(1)
    .add(1_000, "captured", { sha256: HEX, size: 51_733, picture: picture("interval") })
    .beats(1)
    .add(500, "somethingNew", { of: "a later version" })
    .answers(18, 20, 25_000).records;
}

const NAMES = [
  "Candidate 01",
  "Candidate 02, long name: Wolkow-Beresniewicz",
  "Candidate 03 łódź żółć",
  "Candidate 04",
  "Candidate 05 émile-çà",
  "Candidate 06 ömer ığdır",
  "Candidate 07",
  "Candidate 08 考生",
  "Candidate 09",
  "Candidate 10 søren ærø",
  "Candidate 11 ångström",
  "Candidate 12",
  "Candidate 13",
  "Candidate 14",
  "Candidate 15",
  "Candidate 16",
  "Candidate 17",
  "Candidate 18",
  "Candidate 19",
  "Candidate 20",
];
const PHASES = [
  "underway",
  "underway",
  "underway",
  "held",
  "underway",
  "paused",
  "away",
  "admitted",
  "checking",
  "closed",
  "closed",
  "closed",
  "refused",
];
const VERDICTS = {
  proven: { kind: "proven", text: "proven" },
  until: { kind: "proven-until", until: at(21 * MINUTE), text: "proven until 08:21, then offline" },
  unanchored: { kind: "unanchored", text: "consistent, unanchored" },
  broken: { kind: "broken", seq: 31, why: "the record does not continue the one before it", text: "broken at #31" },
};

function sitting(i, change = {}) {
  const phase = change.phase ?? PHASES[i % PHASES.length];
  const begun = !["admitted", "checking", "refused"].includes(phase);
  const live = ["underway", "held", "paused", "away"].includes(phase);
  const closed = phase === "closed";
  const now = 34 * MINUTE;
  return {
    id: `sit-${String(i).padStart(4, "0")}k9x2m4`,
    candidate: { id: `c-${i}`, name: NAMES[i % NAMES.length] },
    exam:
      i % 4 === 3
        ? { id: "cmc-models", title: "Meshery Models Contributor Exam" }
        : { id: "cmc-cli", title: "Meshery CLI Contributor Exam" },
    certification: { id: "certified-meshery-contributor", title: "Certified Meshery Contributor" },
    administration: "adm-patmpmpv",
    supervision: "live",
    phase,
    level: phase === "admitted" ? null : i % 5 === 4 ? "L0" : "L1",
    opens: at(-30 * MINUTE),
    closes: at(180 * MINUTE),
    began: begun ? at(i * 17_000 + 60_000) : null,
    lastRecord:
      phase === "admitted"
        ? null
        : at(live ? now - (i % 6 === 4 ? 260_000 : 9_000 + i * 700) : 25 * MINUTE + i * 9_000),
    remainingMs: live ? 40 * MINUTE - 33 * MINUTE + i * 23_000 - 6 * MINUTE : null,
    answered: begun ? Math.min(25, 12 + (i % 14)) : 0,
    of: 25,
    logSize: phase === "admitted" ? 0 : 70 + i,
    verdict: phase === "admitted" ? VERDICTS.unanchored : VERDICTS.proven,
    closing: closed ? ["submitted", "time-up", "terminated"][i % 3] : null,
    result: closed ? ["passed", "failed", "under-review"][i % 3] : null,
    flagged: false,
    beganOffline: i === 6,
    firstStart: begun && i !== 6 ? at(i * 17_000 + 58_000) : null,
    starts: begun && i !== 6 ? 1 : 0,
    ...change,
  };
}

/** The list: `changed` moves some of them on. */
export function many(changed = false) {
  const all = Array.from({ length: 27 }, (_, i) => sitting(i));
  all[2] = sitting(2, { verdict: VERDICTS.until });
  all[9] = sitting(9, { verdict: VERDICTS.broken, phase: "underway", result: null, closing: null });
  all[4] = sitting(4, { flagged: true });
  all[14] = sitting(14, { verdict: VERDICTS.unanchored });
  if (changed) {
    all[0] = sitting(0, { phase: "held" });
    all[1] = sitting(1, { phase: "closed", closing: "submitted", result: "passed", remainingMs: null });
    all.unshift(sitting(40, { phase: "admitted", candidate: { id: "c-40", name: "Candidate 41" } }));
  }
  return { time: at(34 * MINUTE), sittings: all };
}

const POLICY = {
  name: "strict",
  assuranceMin: "L1",
  controls: CONTROLS,
  onLoss: "hold",
  probes: {
    focus: "warn",
    outputs: "warn",
    terminal: "hold",
    "lock-screen": "log",
    "remote-login": "hold",
    "screen-share": "hold",
    "injected-input": "warn",
    debugger: "log",
    "virtual-machine": "log",
    programs: "warn",
    keyboards: "log",
  },
  programs: [{ name: "Example Recorder", file: "example-recorder" }],
  copying: true,
  pictures: { everyMs: 10_000, quotaBytes: 60_000_000, keepDays: 30 },
  offlineStart: true,
  returnFromAway: false,
  restartAllowanceMs: 5 * MINUTE,
  rebootGapMaxMs: 15 * MINUTE,
  holdUnansweredMs: 3 * MINUTE,
  results: "after-review",
};

/** One sitting in full. */
export function detail(one, records = eventful(), aside = {}) {
  const size = records.length;
  return {
    sitting: { ...one, logSize: size },
    admission:
      one.phase === "admitted"
        ? null
        : {
            issuer: {
              name: "Meshery Authors",
              did: "did:web:exams.example.org",
              origin: "https://exams.example.org",
              signing: "z6Mk",
              recovery: "age1",
            },
            policy: POLICY,
            assuranceMin: POLICY.assuranceMin,
            controls: POLICY.controls,
            minutes: 40,
            extraMinutes: 10,
            tryNumber: 2,
          },
    paperCode: size ? "NTR1-Y1AY-3PRX-YZ8D" : null,
    log: size ? { size, head: HEX } : null,
    checkpoints: size ? 41 : 0,
    aside: { late: 0, lateAnswers: 0, forked: one.flagged ? 12 : 0, forkedAnswers: one.flagged ? 3 : 0, ...aside },
    missingEvidence: aside.late ? [HEX] : [],
    records,
  };
}

/** The open sittings of the walk, by what they show. */
export const OPEN = {
  eventful: { one: sitting(5, { phase: "underway", remainingMs: 4 * MINUTE, level: "L0" }), records: eventful() },
  until: { one: sitting(2, { verdict: VERDICTS.until, phase: "underway" }), records: eventful().slice(0, 40) },
  unanchored: {
    one: sitting(14, { verdict: VERDICTS.unanchored, phase: "underway" }),
    records: eventful().slice(0, 12),
  },
  broken: {
    one: sitting(9, { verdict: VERDICTS.broken, phase: "closed", closing: "submitted", result: "under-review" }),
    records: eventful().slice(0, 40),
  },
  "broken-0": {
    one: sitting(9, {
      verdict: { ...VERDICTS.broken, seq: 0, why: "a log begins with the admission under its lease" },
      phase: "checking",
      level: null,
    }),
    records: [],
  },
  fork: { one: sitting(4, { flagged: true, phase: "underway" }), records: eventful().slice(0, 25) },
  late: {
    one: sitting(3, { phase: "underway", starts: 3 }),
    records: eventful().slice(0, 25),
    aside: { late: 9, lateAnswers: 1 },
  },
  admitted: { one: sitting(7), records: [] },
};
