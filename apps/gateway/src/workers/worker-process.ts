import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { AppliedState } from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import type { PlainFamily } from "../metrics/join-processes.ts";
import type { FromWorker, Question, ToWorker } from "./messages.ts";

/** TypeScript here, JavaScript where it was packed. */
const program = fileURLToPath(new URL(`worker-main${extname(import.meta.filename)}`, import.meta.url));

/** A worker that says nothing for so long is stuck: its clients wait, and it knows nothing new. */
const MOST_SILENCE_MS = 30_000;
/** Prometheus waits for 10 s; one that is busy must not take all others out of its sight. */
const MOST_SCRAPE_MS = 2000;
/** To one that has been told to end, beyond its grace. */
const UNANSWERED_MS = 10_000;

export interface WorkerEvents {
  answer(question: Question): Promise<unknown>;
  /** It has applied a revision, or it has ended: who waits for the slowest may look again. */
  onProgress(): void;
  onEnd(because: string): void;
}

/** A worker as its parent sees it. States: starting -> ready -> ending -> gone; gone from anywhere, by a crash. Connections
 * are given to it one at a time, the next when it has said that it has the last: so those that wait are still here when it
 * dies, and their clients notice nothing. */
export class WorkerProcess {
  readonly ready: Promise<Result<void, string>>;
  readonly gone: Promise<void>;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #events: WorkerEvents;
  readonly #ready = Promise.withResolvers<Result<void, string>>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #waiting: Socket[] = [];
  #state: "starting" | "ready" | "ending" | "gone" = "starting";
  #onTheWay: Socket | null = null;
  #givenSince = 0;
  #open = 0;
  #cut: number | null = null;
  #applied: AppliedState | null = null;
  #vitals = { lagMs: 0, rssBytes: 0 };
  #failed: string | null = null;
  #onAllSent: (() => void) | null = null;
  readonly #scrapes: ((families: readonly PlainFamily[]) => void)[] = [];
  readonly #silence: NodeJS.Timeout;

  constructor(events: WorkerEvents) {
    this.#events = events;
    this.ready = this.#ready.promise;
    this.gone = this.#gone.promise;
    this.#child = fork(program, {
      env: withoutOurs(process.env),
      serialization: "advanced", // snapshots hold maps
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.pid = this.#child.pid ?? 0;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the worker is this very program (messages.ts)
    this.#child.on("message", (message) => this.#hear(message as FromWorker));
    this.#child.on("error", (error) => this.#end(error.message));
    this.#child.on("exit", (code, signal) => this.#end(`it ended with ${signal ?? code ?? "nothing"}`));
    this.#silence = setTimeout(() => this.kill(`it said nothing for ${MOST_SILENCE_MS} ms`), MOST_SILENCE_MS);
    this.#silence.unref();
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  /** Requests may be answered by it, from what it has applied. */
  get isServing(): boolean {
    return this.#state === "ready" || this.#state === "ending";
  }

  /** What it has applied; null before the first. */
  get applied(): AppliedState | null {
    return this.#applied;
  }

  /** Connections that it has or will have. */
  get load(): number {
    return this.#open + this.#givenSince + this.#waiting.length;
  }

  get vitals(): { readonly lagMs: number; readonly rssBytes: number } {
    return this.#vitals;
  }

  tell(message: ToWorker): void {
    // A channel that is just closing: `exit` follows, and tells.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** What it counts.
   * @returns null where it does not say so in time */
  async scrape(): Promise<readonly PlainFamily[] | null> {
    if (!this.isServing) return null;
    const scraped = Promise.withResolvers<readonly PlainFamily[] | null>();
    this.#scrapes.push(scraped.resolve);
    this.tell({ kind: "scrape" });
    const timer = setTimeout(() => scraped.resolve(null), MOST_SCRAPE_MS);
    const families = await Promise.race([scraped.promise, this.gone.then(() => null)]);
    clearTimeout(timer);
    return families;
  }

  give(connection: Socket): void {
    this.#waiting.push(connection);
    this.#sendNext();
  }

  /** Connections that it was to have and does not have yet; they are the caller's again. */
  takeBack(): readonly Socket[] {
    return this.#waiting.splice(0);
  }

  /** No further connection: what is on its way it still gets. Resolves when its process has ended.
   * @returns how many requests were cut */
  async end(end: Omit<Extract<ToWorker, { kind: "end" }>, "kind">, hurry: AbortSignal): Promise<number> {
    if (this.#state === "gone") return 0;
    this.#state = "ending";
    const kill = setTimeout(() => this.kill("it did not end within its grace"), end.graceMs + UNANSWERED_MS);
    await this.#allSent();
    this.tell({ kind: "end", ...end });
    const onHurry = (): void => this.tell({ kind: "hurry" });
    if (hurry.aborted) onHurry();
    hurry.addEventListener("abort", onHurry);
    await this.gone;
    clearTimeout(kill);
    hurry.removeEventListener("abort", onHurry);
    return this.#cut ?? this.#open;
  }

  kill(because: string): void {
    this.#failed ??= because;
    this.#child.kill("SIGKILL");
  }

  #hear(message: FromWorker): void {
    this.#silence.refresh();
    switch (message.kind) {
      case "ready":
        if (this.#state === "starting") this.#state = "ready";
        return this.#ready.resolve(ok(undefined));
      case "failed":
        this.#failed = message.because;
        return;
      case "applied":
        this.#applied = { revision: message.revision, history: message.history };
        return this.#events.onProgress();
      case "taken":
        return this.#isTaken();
      case "scraped":
        for (const settle of this.#scrapes.splice(0)) settle(message.families);
        return;
      case "vitals":
        this.#open = message.open;
        this.#givenSince = 0;
        this.#vitals = { lagMs: message.lagMs, rssBytes: message.rssBytes };
        return;
      case "ask":
        return void this.#answer(message.id, message.question);
      case "ended":
        this.#cut = message.cut;
        return;
    }
  }

  async #answer(id: number, question: Question): Promise<void> {
    this.tell({ kind: "answer", id, value: await this.#events.answer(question).catch(() => null) });
  }

  #sendNext(): void {
    if (this.#onTheWay !== null) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#onTheWay = next;
    this.#givenSince += 1;
    // Ours stays open until the worker has its own: Node would leave it open for ever where the worker dies before that.
    this.#child.send({ kind: "connection" } satisfies ToWorker, next, { keepOpen: true }, () => undefined);
  }

  #isTaken(): void {
    this.#onTheWay?.destroy();
    this.#onTheWay = null;
    this.#sendNext();
    if (this.#onTheWay === null) this.#onAllSent?.();
  }

  #allSent(): Promise<void> {
    if (this.#onTheWay === null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onAllSent = resolve;
    });
  }

  #end(because: string): void {
    if (this.#state === "gone") return;
    this.#state = "gone";
    clearTimeout(this.#silence);
    // It may have read some of it already: nobody else can go on with that connection.
    this.#onTheWay?.destroy();
    this.#onAllSent?.();
    this.#ready.resolve(err(this.#failed ?? because));
    this.#gone.resolve();
    this.#events.onEnd(this.#failed ?? because);
  }
}

/** A worker is told what to be. It has no use for where the database is, nor for anybody's secrets. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !/^(OCTAVO_|DATABASE_URL$|PG)/.test(name));
  return Object.fromEntries(others);
}
