// The small shapes that stand before words, drawn on 16 × 16.

/** Lines, filled parts, and what is cut out of them. */
export interface Shape {
  line?: string;
  fill?: string;
  cut?: string;
  dashed?: boolean;
}

const SHIELD = "M8 1.2l5.6 2.2v4.1c0 3.4-2.3 5.9-5.6 7.2-3.3-1.3-5.6-3.8-5.6-7.2V3.4z";
const SQUARE = "M2.5 2.5h11v11h-11z";
export const SHAPES = {
  // Where a sitting is
  admitted: { line: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z" },
  checking: { line: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z", fill: "M8 2.5a5.5 5.5 0 0 0 0 11z" },
  underway: { fill: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z" },
  held: { fill: "M2.5 2.5h11v11h-11z" },
  paused: { fill: "M3 2.5h3.6v11H3zM9.4 2.5H13v11H9.4z" },
  away: { line: "M9 2.5H3v11h6M6.5 8H14M11 5l3 3-3 3" },
  closed: { line: "M2.5 8.5l3.8 4 7.2-9" },
  refused: { line: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM5.2 8h5.6" },
  // How it began
  offline: { line: "M2 6.5a8.5 8.5 0 0 1 12 0M4.500 9.500a5 5 0 0 1 7 0M8 12.500v.01M3 14L13 2" },
  // How sure a record is
  none: { line: SHIELD, dashed: true },
  proven: { line: SHIELD, fill: SHIELD, cut: "M5 7.8l2.2 2.4L11 5.6" },
  "proven-until": { line: SHIELD, fill: "M8 1.2v13.5C4.7 13.4 2.4 10.9 2.4 7.500V3.400z" },
  unanchored: { line: SHIELD },
  broken: { line: `${SHIELD}M9.5 2L6.5 6.500l3 2.2-2.5 5.3` },
  fork: { line: "M8 14.500V8M8 8C8 5 3.5 6 3.5 2M8 8c0-3 4.5-2 4.5-6" },
  // How far a control holds
  enforced: { line: SQUARE, fill: SQUARE, cut: "M4.7 8.200l2.3 2.4 4.3-5.2" },
  requested: { line: SQUARE, fill: "M2.5 2.500v11h11z" },
  denied: { line: `${SQUARE}M5.5 5.500l5 5M10.5 5.500l-5 5` },
  unsupported: { line: SQUARE, dashed: true },
  released: { line: SQUARE },
  // How it was graded
  passed: { line: "M2.5 8.500l3.8 4 7.2-9" },
  failed: { line: "M3 8h10" },
  "under-review": { line: "M4 2h8M4 14h8M5 2c0 4 6 4 6 6s-6 2-6 6M11 2c0 4-6 4-6 6s6 2 6 6" },
  // What stands out in a log
  dot: { fill: "M8 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z" },
  move: { line: "M1.500 3.500h6v5h-6zM3 11.500h3M9 5.500h5.500M12.500 3.500l2 2-2 2M8.500 13.500h6v-4" },
  restart: { line: "M13 8a5 5 0 1 1-1.6-3.700M13.3 1.500v3.300H10" },
  stop: { fill: "M3 2.500h3.600v11H3zM9.4 2.500H13v11H9.400z" },
  leave: { line: "M9 2.500H3v11h6M6.5 8H14M11 5l3 3-3 3" },
  observation: {
    line: "M1 8s2.6-4.5 7-4.500S15 8 15 8s-2.6 4.5-7 4.500S1 8 1 8z",
    fill: "M8 6.200a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.600z",
  },
  control: { line: SQUARE, fill: "M2.5 2.500v11h11z" },
  gap: { line: "M8 1v14", dashed: true },
  silent: {
    fill: "M3 6.700a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.600zM8 6.700a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.600zM13 6.700a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.600z",
  },
  folded: { line: "M6 3.500L10.5 8 6 12.5" },
  unfolded: { line: "M3.5 6L8 10.5 12.5 6" },
  up: { fill: "M8 4l4.5 7h-9z" },
  down: { fill: "M8 12L3.5 5h9z" },
} satisfies Record<string, Shape>;
export type ShapeName = keyof typeof SHAPES;

/** Colour says again what shape and word say. None of them is an alarm. */
export type Tone = "plain" | "quiet" | "accent" | "good" | "flag" | "bad";
