/** One call of a module, as a line of X-Okapi-Trace. */
export interface TracedCall {
  readonly method: string;
  readonly moduleId: string;
  /** Of the instance, with path and query. */
  readonly url: string;
  readonly status: number;
  /** Until the head of its answer. */
  readonly ms: number;
}

/** As Okapi writes it: "GET mod-users-1.0.0 http://host:9131/users.. : 200 5632us", where ".." stands for a query.
 * @see Okapi: ProxyService.makeTraceHeader */
export function okapiTrace({ method, moduleId, url, status, ms }: TracedCall): string {
  return `${method} ${moduleId} ${url.replace(/[?#].*$/, "..")} : ${status} ${Math.trunc(ms * 1000)}us`;
}
