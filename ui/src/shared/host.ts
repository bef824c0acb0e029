// The desktop shell's side of the window. The only file that knows Tauri.

import { Channel, invoke } from "@tauri-apps/api/core";
import type { Act, Ask, View } from "./contract";
import { problemOf, type ReplyTo } from "./exchange";

async function call<T>(command: string, args: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (error) {
    throw problemOf(error);
  }
}

export function lobby<const A extends Ask>(ask: A): Promise<ReplyTo<A>> {
  return call("lobby", { ask });
}

export function dispatch(act: Act): Promise<View> {
  return call("dispatch", { act });
}

export function subscribe(onView: (view: View) => void): Promise<void> {
  const channel = new Channel<View>();
  channel.onmessage = onView;
  return call("subscribe", { channel });
}
