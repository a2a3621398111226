import { EventEmitter } from "node:events";
import type { NetworkLink } from "./network.ts";
import { type Reply, ServerSession } from "./server-session.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { SimulatedServer } from "./simulated-server.ts";
import type { Answer } from "./statement.ts";

const CONNECT_MS = 900;
const ANSWER_MS = 6000;

/** Where a process reaches the server. */
export interface Place {
  readonly process: SimulatedProcess;
  readonly server: SimulatedServer;
  readonly link: NetworkLink;
}

/** The statement as pg takes it. */
type Query = string | { readonly text: string; readonly values?: unknown[]; readonly query_timeout?: number };

/** A connection as pg's `Client` shows it, as far as the registry uses it: errors and their texts are pg's. */
export class SimulatedClient extends EventEmitter {
  processID: number | null = null;
  readonly #place: Place;
  readonly #toServer: (deliver: () => void) => void;
  readonly #toProcess: (deliver: () => void) => void;
  readonly #pending = new Set<(error: Error) => void>();
  #session: ServerSession | null = null;
  #isEnded = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(place: Place) {
    super();
    this.#place = place;
    this.#toServer = place.link.createLine();
    this.#toProcess = place.link.createLine();
    place.process.onDeath(() => this.#session?.close(null));
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  connect(): Promise<void> {
    const { server } = this.#place;
    return this.#within<void>(CONNECT_MS, "timeout expired", (resolve, reject) => {
      this.#toServer(() => {
        if (!server.isUp) {
          const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
          this.#hear(() => reject(refused));
          return;
        }
        const processId = server.nextProcessId();
        this.#session = new ServerSession(server, processId, {
          notified: (channel, by) => this.#hear(() => this.emit("notification", { channel, processId: by })),
          closed: (error) => this.#hear(() => this.#lost(error)),
        });
        this.#hear(() => {
          this.processID = processId;
          resolve();
        });
      });
    }).catch((error: Error) => {
      this.#end();
      throw error;
    });
  }

  /** One after another, as pg sends them. */
  query(query: Query, values?: unknown[]): Promise<Answer> {
    const { text, query_timeout = ANSWER_MS } = typeof query === "string" ? { text: query } : query;
    const given = values ?? (typeof query === "string" ? undefined : query.values) ?? [];
    const asked = this.#last.then(() => this.#ask(text, given, query_timeout));
    this.#last = asked.catch(() => undefined);
    return asked;
  }

  end(): Promise<void> {
    this.#lost(new Error("Connection terminated"));
    return Promise.resolve();
  }

  /** The connection breaks: what is under way may have been carried out. */
  break(): void {
    const session = this.#session;
    this.#toServer(() => session?.close(null));
    this.#hear(() => this.#lost(new Error("Connection terminated unexpectedly")));
  }

  #ask(text: string, values: readonly unknown[], timeoutMs: number): Promise<Answer> {
    if (this.#isEnded) {
      return Promise.reject(new Error("Client was closed and is not queryable"));
    }
    return this.#within<Answer>(timeoutMs, "Query read timeout", (resolve, reject) => {
      const reply: Reply = (outcome) =>
        this.#hear(() => ("answer" in outcome ? resolve(outcome.answer) : reject(outcome.error)));
      this.#toServer(() => this.#session?.run(text, values, reply));
    });
  }

  #within<T>(
    timeoutMs: number,
    late: string,
    begin: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        cancel();
        this.#pending.delete(fail);
        reject(error);
      };
      const cancel = this.#place.process.time.after(timeoutMs, () => fail(new Error(late)));
      this.#pending.add(fail);
      begin((value) => {
        cancel();
        this.#pending.delete(fail);
        resolve(value);
      }, fail);
    });
  }

  #hear(work: () => void): void {
    this.#toProcess(() => this.#place.process.deliver(work));
  }

  #lost(error: Error): void {
    if (this.#isEnded) return;
    this.#end();
    for (const fail of this.#pending) fail(error);
    if (this.listenerCount("error") > 0) this.emit("error", error);
    this.emit("end");
  }

  #end(): void {
    this.#isEnded = true;
    const session = this.#session;
    this.#toServer(() => session?.close(null));
  }
}
