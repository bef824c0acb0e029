// The same three calls over HTTP, for tests and for designing in a browser. Never shipped.

import type { Act, Ask, View } from "./contract";
import { problemOf, type ReplyTo } from "./exchange";

async function call<T>(path: string, body: Ask | Act): Promise<T> {
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      keepalive: true,
    });
    const json: unknown = await response.json();
    if (!response.ok) throw json;
    return json as T;
  } catch (error) {
    throw problemOf(error);
  }
}

export function lobby<const A extends Ask>(ask: A): Promise<ReplyTo<A>> {
  return call("/lobby", ask);
}

export function dispatch(act: Act): Promise<View> {
  return call("/dispatch", act);
}

export function subscribe(onView: (view: View) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const events = new EventSource("/subscribe");
    events.onopen = () => resolve();
    events.onmessage = (event: MessageEvent<string>) => onView(JSON.parse(event.data) as View);
    events.onerror = () => reject(problemOf("the event stream failed"));
  });
}
