// How each interaction is answered. A new interaction is a new line here and a new file beside it.

import type { Component } from "svelte";
import type { Feedback, Interaction, Value } from "../../../shared/contract";
import Choice from "./Choice.svelte";
import ExtendedText from "./ExtendedText.svelte";
import TextEntry from "./TextEntry.svelte";

type Kind = Interaction["kind"];

export interface ItemProps<K extends Kind> {
  interaction: Extract<Interaction, { kind: K }>;
  value: Value | null;
  /** Shown after a check in practice; the answer rests while it is. */
  feedback: Feedback | null;
  /** Identifiers of the elements that name and describe the question. */
  labelledby: string;
  describedby: string;
  /** A change made by typing. */
  type: (value: Value | null) => void;
  /** A change made in one step. */
  choose: (value: Value | null) => void;
  /** The field is left. */
  leave: () => void;
}

export const items: { [K in Kind]: Component<ItemProps<K>> } = {
  choice: Choice,
  textEntry: TextEntry,
  extendedText: ExtendedText,
};

/** The text in a value; empty where there is none. */
export function textOf(value: Value | null): string {
  return value && "base" in value && "string" in value.base ? value.base.string : "";
}

/** The choices in a value. */
export function choicesOf(value: Value | null): string[] {
  if (!value) return [];
  if ("list" in value) return value.list.identifier;
  return "identifier" in value.base ? [value.base.identifier] : [];
}
