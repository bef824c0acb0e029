// Serves the fake runtime behind the three endpoints that the web host speaks to, and one that picks a scenario.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connect, Plugin } from "vite";
import type { Act, Ask } from "../../src/shared/contract";
import { FakeRuntime, Refused } from "./runtime.ts";

const PATHS = ["/lobby", "/dispatch", "/fake/scenario", "/fake/responds"];

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8") || "null");
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

export function fakeRuntime(): Plugin {
  const runtime = new FakeRuntime();
  const listeners = new Set<ServerResponse>();
  runtime.onView = (view) => listeners.forEach((each) => each.write(`data: ${JSON.stringify(view)}\n\n`));

  async function answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await bodyOf(request);
      if (path === "/lobby") return reply(response, 200, await runtime.lobby(body as Ask));
      if (path === "/dispatch") return reply(response, 200, await runtime.dispatch(body as Act));
      if (path === "/fake/responds") return reply(response, 200, runtime.responds);
      const { scenario, ...options } = body as { scenario: string };
      runtime.reset(scenario, options);
      reply(response, 200, {});
    } catch (error) {
      if (error instanceof Refused) return reply(response, 422, error.problem);
      reply(response, 500, { code: "internal", args: { detail: String(error) } });
    }
  }

  function attach(middlewares: Connect.Server): void {
    middlewares.use((request, response, next) => {
      const path = (request.url ?? "").split("?")[0] ?? "";
      if (path === "/subscribe") {
        response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
        response.write(`data: ${JSON.stringify(runtime.view())}\n\n`);
        listeners.add(response);
        request.on("close", () => listeners.delete(response));
      } else if (request.method === "POST" && PATHS.includes(path)) void answer(path, request, response);
      else next();
    });
  }

  return {
    name: "invigil-fake-runtime",
    configureServer: (server) => attach(server.middlewares),
    configurePreviewServer: (server) => attach(server.middlewares),
  };
}
