import { AsyncLocalStorage } from "node:async_hooks";
import type { RequestContext } from "../definition/request-context.ts";

const current = new AsyncLocalStorage<RequestContext>();

/** The request on whose behalf this code runs; null outside of one: loops, jobs, timers of this process. */
export function currentContext(): RequestContext | null {
  return current.getStore() ?? null;
}

export async function withContext<T>(context: RequestContext, work: () => Promise<T>): Promise<T> {
  return await current.run(context, work);
}
