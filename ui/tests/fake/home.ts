// What the fake's start page shows.

import type {
  AdmissionView,
  Desktop,
  Home,
  IssuerStanding,
  Offer,
  PastSitting,
  Settings,
  Standing,
  Unreadable,
  Watch,
} from "../../src/shared/contract";

const HOUR = 3_600_000;
const at = (ms: number): string => new Date(Date.UTC(2026, 10, 22, 9, 0, 0) + ms).toISOString();

export const DESKTOP: Desktop = { name: "KDE", display: "wayland", shownBy: "kwin_wayland" };
export const SETTINGS: Settings = { theme: "light", zoom: 100, timer: true };
export const CREDENTIAL = {
  title: "Certified Meshery Contributor",
  url: "https://exams.meshery.example/credentials/8f2c1a9e-63f1-4d9c-9d0b-7a1d5f0e2b44",
  validFrom: at(0),
  validUntil: at(2 * 365 * 24 * HOUR),
};
export const OFFER: Offer = {
  link: "invigil://exams.meshery.example/K7QM2-XW4TD-9FHRA",
  issuer: "Meshery Certification Board",
  host: "exams.meshery.example",
  did: "did:web:exams.meshery.example",
  fingerprint: "7F3A 91C4 0B2E D8A6",
  known: false,
  protected: true,
};
const PROBES: Watch[] = [
  { probe: "focus", reaction: "warn" },
  { probe: "outputs", reaction: "hold" },
  { probe: "terminal", reaction: "hold" },
  { probe: "lock-screen", reaction: "log" },
  { probe: "remote-login", reaction: "hold" },
  { probe: "screen-share", reaction: "hold" },
  { probe: "injected-input", reaction: "warn" },
  { probe: "debugger", reaction: "log" },
  { probe: "virtual-machine", reaction: "log" },
  { probe: "programs", reaction: "warn" },
  { probe: "keyboards", reaction: "log" },
];
export const ADMISSION: AdmissionView = {
  sitting: "s-models",
  issuer: OFFER.issuer,
  fingerprint: OFFER.fingerprint,
  candidate: "Test Candidate With A Rather Long Name",
  programme: "Meshery Certification Program",
  certification: "Certified Meshery Contributor",
  exam: "Meshery Models Contributor Exam",
  tryNumber: 2,
  triesMax: 3,
  minutes: 31,
  extraMinutes: 6,
  items: 25,
  passPercent: 70,
  opens: at(-HOUR),
  closes: at(6 * HOUR),
  policy: "moderate",
  assuranceMin: "L1",
  returnFromAway: true,
  restartMinutes: 5,
  resultsAtOnce: true,
  keepDays: 30,
  controls: ["keyboard", "fullscreen", "covers", "close", "clipboard", "page", "awake"],
  onLoss: "warn",
  copying: true,
  pictures: { everyMs: 10_000, quotaBytes: 60_000_000, keepDays: 30 },
  probes: PROBES,
  programs: ["Example Recorder", "Example Remote Desktop"],
  recorded: [
    ..."answers times screens flags check controls clock sleep restarts application environment".split(" "),
    ...PROBES.map(({ probe }) => probe),
    "pictures",
  ],
};

const EXAMS = ["Server", "CLI", "UI", "Models", "Extensibility"];

export function standing(passed: number): Standing {
  const states = ["open", "cooling-down", "pending", "no-tries-left", "open"] as const;
  return {
    passed,
    of: 5,
    parts: [],
    prerequisitesMissing: [],
    completeBy: null,
    recertification: null,
    exams: EXAMS.map((name, i) => {
      const is = i < passed ? ("passed" as const) : (states[i] ?? "open");
      return {
        exam: `cmc-${name.toLowerCase()}`,
        title: `Meshery ${name} Contributor Exam`,
        triesUsed: is === "no-tries-left" ? 3 : i % 2,
        triesMax: 3,
        state: is === "cooling-down" ? { is, until: at(72 * HOUR) } : { is },
      };
    }),
  };
}

function standings(passed: number, earned: boolean): IssuerStanding {
  const announced = (id: string, title: string, tier: string, summary: string) => ({
    id,
    title,
    tier,
    status: "announced" as const,
    summary,
    validMonths: null,
    standing: null,
    exams: [],
    credential: null,
  });
  return {
    issuer: OFFER.issuer,
    asked: at(-HOUR / 4),
    stale: false,
    standing: {
      candidate: ADMISSION.candidate,
      programmes: [
        {
          id: "meshery",
          title: "Meshery Certification Program",
          notice:
            "The exams here are practice and demonstration material written for Invigil; they are not an official product or exam of the Meshery project.",
          tracks: [
            {
              title: "Developers",
              summary: "For people who work on Meshery’s own code, models and extensions.",
              certifications: [
                {
                  id: "certified-meshery-contributor",
                  title: "Certified Meshery Contributor",
                  tier: "contributor",
                  status: "open",
                  summary:
                    "Five multiple-choice exams about contributing to Meshery, one for each main part of the project.",
                  validMonths: 24,
                  standing: standing(passed),
                  exams: EXAMS.map((name) => ({
                    id: `cmc-${name.toLowerCase()}`,
                    minutes: 25,
                    items: 25,
                    passPercent: 70,
                    admitted:
                      name === "Extensibility"
                        ? { sitting: "s-ext", opens: at(24 * HOUR), closes: at(48 * HOUR) }
                        : null,
                  })),
                  credential: earned ? CREDENTIAL : null,
                },
                announced(
                  "certified-meshery-developer",
                  "Certified Meshery Developer",
                  "developer",
                  "The step after the Contributor.",
                ),
              ],
            },
            {
              title: "Administrators",
              summary: "For people who install, run and look after Meshery.",
              certifications: [
                announced(
                  "certified-meshery-associate",
                  "Certified Meshery Associate",
                  "associate",
                  "The first step for people who are new to Meshery.",
                ),
              ],
            },
            { title: "Community", summary: "For people who teach, organise and help others.", certifications: [] },
          ],
        },
      ],
    },
  };
}

const CARD = {
  exam: ADMISSION.exam,
  certification: ADMISSION.certification,
  issuer: ADMISSION.issuer,
  opens: ADMISSION.opens,
  closes: ADMISSION.closes,
  minutes: 31,
};

const PAST: PastSitting[] = [
  { received: at(-40 * 24 * HOUR), passed: true, destroyed: at(-10 * 24 * HOUR) },
  { received: at(-70 * 24 * HOUR), passed: false, destroyed: at(-40 * 24 * HOUR) },
  { received: null, passed: null, destroyed: at(-41 * 24 * HOUR) },
].map((past, i) => ({
  ...past,
  id: `past-${i}`,
  exam: `Meshery ${EXAMS[i]} Contributor Exam`,
  certification: ADMISSION.certification,
  issuer: ADMISSION.issuer,
}));

const unreadable = (code: string): Unreadable => ({
  id: "sit-sr5ffvrk7vk96e9z",
  exam: code === "storage-damaged" ? "" : ADMISSION.exam,
  problem: { code, args: {} },
});

export function homeFor(scenario: string, settings: Settings): Home {
  const empty: Home = {
    keeping: "secret-store",
    sittings: [],
    standings: [],
    practice: [],
    settings,
    guarded: true,
    desktop: DESKTOP,
    consent: scenario.startsWith("trial-gnome") ? "asked" : "not-asked",
    unreadable: [],
    past: [],
    version: "0.1.0",
  };
  const practice = [
    {
      pack: "p-models",
      exam: "cmc-models",
      title: "Meshery Models, practice",
      items: 7,
      answered: 3,
      right: 2,
      competencies: ["models"],
      author: "11AA 22BB 33CC 44DD",
    },
    {
      pack: "p-first",
      exam: "first-steps",
      title: "First Steps with Invigil",
      items: 7,
      answered: 0,
      right: 0,
      competencies: ["about-invigil"],
      author: "11AA 22BB 33CC 44DD",
    },
  ];
  if (scenario === "empty") return empty;
  if (scenario === "rehearsal-sealed") return { ...empty, keeping: "locked", practice };
  if (scenario === "locked") return { ...empty, keeping: "locked", unreadable: [unreadable("keys-locked")], practice };
  if (scenario === "store-silent") return { ...empty, keeping: "store-silent", practice };
  if (scenario === "unreadable") return { ...empty, unreadable: [unreadable("storage-damaged")] };
  if (scenario === "key-missing") return { ...empty, unreadable: [unreadable("key-missing")] };
  if (scenario === "nowhere") return { ...empty, keeping: "nowhere", practice };
  if (scenario === "states") {
    const states = [
      "too-early",
      "ready",
      "too-late",
      "underway",
      "sending",
      "handed-in",
      "graded",
      "withdrawn",
      "moved",
    ] as const;
    return {
      ...empty,
      sittings: states.map((state) => ({ ...CARD, id: `s-${state}`, state })),
      standings: [{ ...standings(5, true), stale: true }],
      practice,
      past: PAST,
    };
  }
  return {
    ...empty,
    sittings: [{ ...CARD, id: "s-models", state: "ready" }],
    standings: [standings(2, false)],
    practice,
  };
}
