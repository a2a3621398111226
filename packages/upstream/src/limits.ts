/** What bounds calls to modules. Times in milliseconds, shares from 0 to 1.
 * The defaults are those of reliability 4.3 and 4.4, where they stand beside Envoy's, HAProxy's and Linkerd's. */
export interface UpstreamLimits {
  readonly connectMs: number;
  /** From the end of a request to the head of its answer, where the route says nothing else. */
  readonly firstByteMs: number;
  readonly bodyIdleMs: number;
  /** Requests of one gateway process that one instance has at a time. */
  readonly inFlightPerInstance: number;
  /** Requests that wait when all instances have theirs; times the instances of the module. */
  readonly queuePerInstance: number;
  readonly queueMs: number;
  /** Memory of the latency: after this time a value counts 1/e. */
  readonly latencyDecayMs: number;
  /** A new or readmitted instance comes to its full share over this time. */
  readonly slowStartMs: number;
  /** Where fewer are healthy, all are used: most of them cannot be wrong, our view can. */
  readonly panicBelowShare: number;
  readonly ejection: {
    readonly afterFailures: number;
    /** Of the first ejection; the n-th lasts n times as long. */
    readonly baseMs: number;
    readonly maxMs: number;
    readonly maxShare: number;
  };
  readonly retry: {
    /** Retries at a time: this share of the requests in flight to the module ... */
    readonly budgetShare: number;
    /** ... and these on top. */
    readonly budgetMinimum: number;
    readonly replayBytes: number;
  };
  /** null: health is known from requests alone. */
  readonly activeCheck: {
    /** Asked by GET without a tenant; any answer is life. */
    readonly path: string;
    readonly intervalMs: number;
    readonly downAfter: number;
    readonly upAfter: number;
  } | null;
  /** null: an instance that stands still is known by timeouts alone. */
  readonly silence: SilenceLimits | null;
}

/** An instance that owes answers and says nothing is asked whether it is there, where others could have its requests. */
export interface SilenceLimits {
  /** Asked by GET without a tenant; any answer is life. */
  readonly path: string;
  readonly suspectAfterMs: number;
  /** No answer in this time: it gets nothing until it answers one. */
  readonly answerMs: number;
  /** How often instances are looked at. */
  readonly everyMs: number;
}

export const defaultUpstreamLimits: UpstreamLimits = {
  connectMs: 1000,
  firstByteMs: 60_000,
  bodyIdleMs: 60_000,
  inFlightPerInstance: 256,
  queuePerInstance: 64,
  queueMs: 1000,
  latencyDecayMs: 10_000,
  slowStartMs: 10_000,
  panicBelowShare: 0.5,
  ejection: { afterFailures: 5, baseMs: 30_000, maxMs: 300_000, maxShare: 0.5 },
  retry: { budgetShare: 0.1, budgetMinimum: 3, replayBytes: 64 * 1024 },
  activeCheck: null,
  silence: { path: "/admin/health", suspectAfterMs: 500, answerMs: 1000, everyMs: 250 },
};
