import {
  header,
  readText,
  type RunningModule,
  startHttpModule,
} from "@octavo/testing/okapi-modules/http-module";

export interface CanaryModule extends RunningModule {
  /** How often each POST came, by the id in its body. */
  readonly received: ReadonlyMap<string, number>;
}

/** A module that says which tenant it was asked for, and counts what it gets. */
export async function startCanaryModule(): Promise<CanaryModule> {
  const received = new Map<string, number>();
  const module = await startHttpModule(async (request, response) => {
    if (request.method === "POST") {
      const id = await readText(request);
      received.set(id, (received.get(id) ?? 0) + 1);
    }
    response.setHeader("X-Canary", header(request, "x-okapi-tenant") ?? "");
    response.end();
  });
  return { ...module, received };
}
