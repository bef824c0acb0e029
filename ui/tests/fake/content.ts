// The fake's exam: enough of every kind of content that the pack renderer can produce.

import type { Feedback, Item } from "../../src/shared/contract";

function choice(id: string, prompt: string, choices: string[], max: number, marks = 2): Item {
  return {
    id,
    canonicalId: `00000000-0000-5000-8000-${id.padStart(12, "0")}`,
    prompt,
    instructions: null,
    interaction: {
      kind: "choice",
      maxChoices: max,
      choices: choices.map((content, i) => ({ id: "abcdefgh"[i] ?? "z", content: `<p>${content}</p>` })),
    },
    marks,
    competency: "models",
  };
}

const YAML = `apiVersion: core.meshery.io/v1beta1
kind: Relationship
metadata:
  description: "A Service routes traffic to Pods whose labels match its selector"
spec:
  selectors:
    - allow: { from: [Service], to: [Pod] }`;

const WRITTEN: Item[] = [
  choice(
    "mod-01",
    "<p>Which two models does Meshery regard as duplicates of each other?</p>",
    [
      "Two with different names that package equal components",
      "Two with the same name and version but other descriptions",
      "Two with the same name in two consecutive versions",
      "Two with different names that share one registrant",
    ],
    1,
  ),
  choice(
    "mod-02",
    `<p>Exam text can hold code. Read this relationship and choose what it allows.</p><pre><code class="language-yaml">${YAML}</code></pre>`,
    [
      "From a <code>Service</code> to a <code>Pod</code>",
      "From a <code>Pod</code> to a <code>Service</code>",
      "Both",
      "Neither",
    ],
    1,
  ),
  choice(
    "mod-03",
    '<p>Four clusters answer at different speeds.</p><table><thead><tr><th>Cluster</th><th align="right">Pods</th><th align="right">Latency in ms</th></tr></thead><tbody><tr><td>oak</td><td align="right">20</td><td align="right">30</td></tr><tr><td>birch</td><td align="right">40</td><td align="right">50</td></tr><tr><td>willow</td><td align="right">25</td><td align="right">25</td></tr></tbody></table><p>Which of them answer in less than 40 ms?</p>',
    ["oak", "birch", "willow"],
    0,
    3,
  ),
  {
    ...choice("mod-04", "", [], 1),
    prompt: "<p>Which command lists the models of a Meshery Server? Write the whole command.</p>",
    interaction: { kind: "textEntry", charsMax: 500 },
  },
  choice(
    "mod-05",
    '<p>A policy gives each of <math><mi>n</mi></math> relationships a weight. What is the sum?</p><p><math display="block"><mrow><munderover><mo>∑</mo><mrow><mi>k</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mfrac><mn>1</mn><msup><mn>2</mn><mi>k</mi></msup></mfrac></mrow></math></p>',
    [
      "<math><mrow><mn>1</mn><mo>−</mo><msup><mn>2</mn><mrow><mo>−</mo><mi>n</mi></mrow></msup></mrow></math>",
      "<math><msup><mn>2</mn><mi>n</mi></msup></math>",
      "<math><mfrac><mi>n</mi><mn>2</mn></mfrac></math>",
    ],
    1,
  ),
  {
    ...choice("mod-06", "", [], 1),
    prompt:
      "<p>A colleague wants to add a component to an existing model. Explain in a few sentences how a component comes into the registry, and what has to be checked before.</p>",
    instructions: "Write three to six sentences.",
    interaction: { kind: "extendedText", charsMax: 2000 },
    marks: 6,
  },
  choice(
    "mod-07",
    "<p>A company must make sure that nobody uses a certain model in its Meshery deployment, yet the model has to remain in the registry. Which step serves this purpose?</p>",
    [
      "Set the model to ignored",
      "Raise the version of the model",
      "Import the model a second time",
      "Mark the model for visual annotation",
    ],
    1,
  ),
];

export const FAKE_ITEMS: Item[] = [
  ...WRITTEN,
  ...Array.from({ length: 18 }, (_, i) =>
    choice(
      `mod-${String(i + 8).padStart(2, "0")}`,
      `<p>Meshery evaluates relationship number ${i + 8} when a design changes. What is the first thing that the engine looks at?</p>`,
      [
        "The selectors of the relationship",
        "The position on the canvas",
        "The name of the design",
        "The user who made the change",
      ],
      1,
    ),
  ),
];

export function feedbackFor(item: Item, right: boolean | null): Feedback {
  return {
    right,
    choices: item.interaction.kind === "choice" ? (item.interaction.maxChoices === 1 ? ["b"] : ["a", "c"]) : [],
    accepted: item.interaction.kind === "textEntry" ? ["mesheryctl model list"] : [],
    explanation:
      "<p>A model is identified by its <em>name</em> together with its <code>version</code>. Another description does not make it another model.</p>",
    references: ["meshery/meshery@1805e71:docs/content/en/concepts/logical/models/index.md"],
  };
}
