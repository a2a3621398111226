import { setTimeout as delay } from "node:timers/promises";
import { readText, type RunningModule, startHttpModule } from "@octavo/testing/okapi-modules/http-module";

export interface CountingModule extends RunningModule {
  /** How often each POST came, by the id in its body. */
  readonly posts: ReadonlyMap<string, number>;
}

/** Some requests take a while, so that there is always one in flight when something ends. */
const EVERY = 16;
const SLOW_MS = 60;

/** A module that remembers each POST: "read" for GET, the id back for POST. */
export async function startCountingModule(): Promise<CountingModule> {
  const posts = new Map<string, number>();
  let number = 0;
  const module = await startHttpModule(async (request, response) => {
    number += 1;
    const isSlow = number % EVERY === 0;
    const id = request.method === "POST" ? await readText(request) : null;
    if (id !== null) posts.set(id, (posts.get(id) ?? 0) + 1);
    if (isSlow) await delay(SLOW_MS);
    response.writeHead(200, { "Content-Type": "text/plain" }).end(id ?? "read");
  });
  return { ...module, posts };
}
