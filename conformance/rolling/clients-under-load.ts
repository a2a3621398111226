import { Agent, request } from "node:http";

/** Clients that call without a pause, each on one connection that it keeps; half of what they send are POSTs, each with an id
 * of its own. What a client may not see is an error: that is the claim of this suite. */
export interface ClientsUnderLoad {
  /** Requests answered so far. */
  readonly answered: number;
  /** Connections that answers have ended (`Connection: close`). */
  readonly handedOn: number;
  /** Stops all of them, after the answers that they wait for. */
  stop(): Promise<LoadReport>;
}

interface LoadReport {
  readonly answered: number;
  readonly posts: readonly string[];
  readonly failures: readonly string[];
}

export interface LoadOptions {
  readonly clients: number;
  /** Asked at the start and when an answer has ended a connection, as a balancer would. */
  readonly chooseGateway: () => Promise<string>;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const SLOWEST_ANSWER_MS = 30_000;

export function startLoad(options: LoadOptions): ClientsUnderLoad {
  const posts: string[] = [];
  const failures: string[] = [];
  const counts = { answered: 0, handedOn: 0 };
  const stop = new AbortController();

  const one = async (client: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let gateway = await options.chooseGateway();
    for (let number = 0; !stop.signal.aborted; number += 1) {
      const isPost = (client + number) % 2 === 0;
      const id = `${client}-${number}`;
      if (isPost) posts.push(id);
      const outcome = await call(agent, gateway, isPost ? id : null, options);
      if (outcome.kind === "failed") failures.push(`${isPost ? "POST" : "GET"} ${id}: ${outcome.because}`);
      else counts.answered += 1;
      if (outcome.kind === "answered" && !outcome.closes) continue;
      counts.handedOn += 1;
      gateway = await options.chooseGateway();
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: options.clients }, (_none, client) => one(client)));
  return {
    get answered() {
      return counts.answered;
    },
    get handedOn() {
      return counts.handedOn;
    },
    async stop() {
      stop.abort();
      await all;
      return { answered: counts.answered, posts, failures };
    },
  };
}

type Outcome =
  | { readonly kind: "answered"; readonly closes: boolean }
  | { readonly kind: "failed"; readonly because: string };

function call(agent: Agent, gateway: string, postId: string | null, options: LoadOptions): Promise<Outcome> {
  return new Promise((resolve) => {
    const fail = (because: string): void => resolve({ kind: "failed", because });
    const sent = request(
      gateway + options.path,
      {
        agent,
        method: postId === null ? "GET" : "POST",
        headers: { ...options.headers, ...(postId !== null && { "Content-Length": postId.length }) },
        timeout: SLOWEST_ANSWER_MS,
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        answer.on("error", (error) => fail(`${error.message} within the answer`));
        answer.on("end", () => {
          if (answer.statusCode !== 200 || text !== (postId ?? "read")) fail(`${answer.statusCode}: ${text}`);
          else resolve({ kind: "answered", closes: answer.headers.connection === "close" });
        });
      },
    );
    sent.on("error", (error: NodeJS.ErrnoException) => {
      fail(`${error.code ?? error.message}${sent.reusedSocket ? " on a kept connection" : ""}`);
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${SLOWEST_ANSWER_MS} ms`)));
    sent.end(postId ?? undefined);
  });
}
