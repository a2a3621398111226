/** Several requests of one tenant, one after the other, each made of what the ones before were answered: what a user does. */
export interface Flow {
  readonly name: string;
  readonly run: (steps: Steps) => Promise<void>;
}

/** States a flow; nothing of it may be kept outside, as it is run many times.
 *
 *     const rename = flow("a tag is made and renamed", async ({ call }) => {
 *       const { body: tag } = await call<Tag>("POST", "/tags", { body: { label: "urgent" } });
 *       await call("PUT", `/tags/${tag.id}`, { body: { ...tag, label: "later" } });
 *       await call("GET", "/tags?query=label==later");
 *     }); */
export function flow(name: string, run: Flow["run"]): Flow {
  return { name, run };
}

export interface Steps {
  readonly tenantId: string;
  /** Sends a request through the gateway. Any status is an answer; what is expected of it, the flow's author asks of a test. */
  readonly call: <Body = unknown>(
    method: string,
    path: string,
    options?: CallOptions,
  ) => Promise<FlowAnswer<Body>>;
  /** Asks until the answer is as wanted, for work that goes on by itself. Only the last answer counts.
   * @throws Error when it never is */
  readonly until: <Body = unknown>(
    path: string,
    isWanted: (answer: FlowAnswer<Body>) => boolean,
    options?: CallOptions,
  ) => Promise<FlowAnswer<Body>>;
}

export interface CallOptions {
  /** JSON, or bytes that are sent as they are. */
  readonly body?: object | string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly userId?: string;
  /** The module promises that the request may be sent again with the same `Idempotency-Key`, which it gets: such a step is cut off and
   * repeated in replays. */
  readonly repeats?: boolean;
}

export interface FlowAnswer<Body = unknown> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON as the module sent it, read as what the flow says it is; otherwise text. */
  readonly body: Body;
}
