// Where previous and next lead, and what the review lists.

import type { ItemId, ItemView, Screen } from "../shared/contract";

/** The position of a screen's item, from 0; -1 = not an item. */
export function indexOf(items: ItemView[], screen: Screen | null): number {
  return screen?.at === "item" ? items.findIndex((item) => item.id === screen.item) : -1;
}

/** The screen after `screen`; behind the last item comes the review. */
export function next(items: ItemView[], screen: Screen | null): Screen | null {
  const index = indexOf(items, screen);
  if (index < 0) return null;
  const item = items[index + 1];
  return item ? at(item.id) : { at: "review" };
}

/** The screen before `screen`; before the review comes the last item. */
export function previous(items: ItemView[], screen: Screen | null): Screen | null {
  const index = screen?.at === "review" ? items.length : indexOf(items, screen);
  const item = items[index - 1];
  return item ? at(item.id) : null;
}

export function at(item: ItemId): Screen {
  return { at: "item", item };
}

export interface Place {
  item: ItemView;
  number: number;
}

/** The items in order, each with its number. */
export function places(items: ItemView[]): Place[] {
  return items.map((item, index) => ({ item, number: index + 1 }));
}

/** What the review shows first: items without an answer, then flagged ones that have one. */
export function openPlaces(items: ItemView[]): { unanswered: Place[]; flagged: Place[] } {
  const all = places(items);
  return {
    unanswered: all.filter(({ item }) => !item.answered),
    flagged: all.filter(({ item }) => item.answered && item.flagged),
  };
}
