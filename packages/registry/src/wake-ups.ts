import type { Client } from "pg";
import { messageOf } from "./database-failure.ts";
import { backoff, pause } from "./pause.ts";
import type { ProcessTime } from "./process-time.ts";
import type { RegistryEvent } from "./registry-event.ts";
import { within } from "./within.ts";

/** A notification means "look now" and nothing else: its payload is not read, and one that is lost costs a second. */
export const changeChannel = "octavo_change";

/** Rows beside the snapshot have changed that others want to know of soon (ended sessions). */
export const rowsChannel = "octavo_rows";

/** An instance has applied what was committed elsewhere. */
export const appliedChannel = "octavo_applied";

const echoEveryMs = 5000;
/** A notification to itself that has not come back by then does not come any more. */
const echoWithinMs = 2000;

/** One direct connection that listens and never opens a transaction: an idle listener inside one would stop the queue of
 * the whole cluster. States: connecting -> subscribed -> (first echo) listening -> (connection lost, echo missing) ->
 * connecting ... -> closed. One that has never heard itself does not count as listening: through a pooler it never will,
 * and that is said once. */
export class WakeUps {
  readonly #parts: WakeUpParts;
  readonly #end = new AbortController();
  readonly #done: Promise<void>;
  #client: Client | null = null;
  /** "no" stays until it hears itself again, however often it connects meanwhile. */
  #hears: "unknown" | "yes" | "no" = "unknown";

  constructor(parts: WakeUpParts) {
    this.#parts = parts;
    this.#done = this.#run();
  }

  /** False where it has not heard itself, or no more. */
  get isListening(): boolean {
    return this.#hears !== "no";
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#client?.end().catch(ignore);
    await this.#done;
  }

  async #run(): Promise<void> {
    const { time } = this.#parts;
    let attempt = 0;
    while (!this.#end.signal.aborted) {
      const client = this.#parts.createClient();
      this.#client = client;
      // pg leaves `connect` unanswered where the client is ended meanwhile, but always tells of the end.
      const lost = new Promise<string>((resolve) => {
        client.on("error", (error) => resolve(messageOf(error)));
        client.on("end", () => resolve("the connection was closed"));
      });
      const cause = await Promise.race([lost, this.#listen(client).catch(messageOf)]);
      void client.end().catch(ignore);
      if (this.#end.signal.aborted) return;
      const wasListening = this.#hears === "yes";
      // That it cannot connect is not told here: contact as such is the poll's to tell.
      if (wasListening || (cause === deaf && this.#hears === "unknown")) {
        this.#hears = "no";
        this.#parts.log({ kind: "listening-lost", cause });
      }
      attempt = wasListening ? 0 : attempt + 1;
      await pause(time, backoff(time, attempt), this.#end.signal);
    }
  }

  /** @returns what is wrong with the connection, once something is */
  async #listen(client: Client): Promise<string> {
    await client.connect();
    client.on("notification", ({ channel, processId }) => {
      if (channel === changeChannel && !this.#parts.isOwn(processId)) this.#parts.wake("another");
      if (channel === rowsChannel) this.#parts.wakeForRows();
      if (channel === appliedChannel) this.#parts.wakeForApplied();
    });
    await client.query(`listen ${changeChannel}; listen ${rowsChannel}; listen ${appliedChannel}`);
    // Subscribed first, looked then: what was committed between is seen by one of the two.
    this.#parts.wake("nobody");
    this.#parts.wakeForRows();
    return this.#missedEcho(client);
  }

  /** Through a pooler LISTEN seems to work and hears nothing; a frozen server sends nothing either. So it calls itself, over another connection as
   * others would: its own NOTIFY may come back through a pooler that happens to give it the same session again. */
  async #missedEcho(client: Client): Promise<string> {
    const { time, instanceId, log } = this.#parts;
    const { signal } = this.#end;
    const echo = `octavo_echo_${instanceId.replaceAll("-", "")}`;
    let heard = (): void => undefined;
    client.on("notification", ({ channel }) => {
      if (channel === echo) heard();
    });
    await client.query(`listen ${echo}`);
    while (!signal.aborted) {
      const back = new Promise<boolean>((resolve) => {
        heard = () => resolve(true);
      });
      // Where it cannot be sent, nothing is known of the hearing.
      if (await this.#parts.notify(echo).then(yes, no)) {
        if (!(await within(time, echoWithinMs, back))) return deaf;
        if (this.#hears !== "yes") log({ kind: "listening" });
        this.#hears = "yes";
      }
      await pause(time, echoEveryMs, signal);
    }
    return "closed";
  }
}

const deaf = "the connection hears no notifications: connect directly, not through a pooler";

export interface WakeUpParts {
  readonly instanceId: string;
  readonly time: ProcessTime;
  readonly createClient: () => Client;
  /** Over another connection. @throws where the database cannot be asked */
  readonly notify: (channel: string) => Promise<unknown>;
  /** @param by who has written */
  readonly wake: (by: "another" | "nobody") => void;
  readonly wakeForRows: () => void;
  readonly wakeForApplied: () => void;
  /** Whether a notification comes from this instance: measured, looking after each own write halved its rate. */
  readonly isOwn: (processId: number) => boolean;
  readonly log: (event: RegistryEvent) => void;
}

const yes = (): boolean => true;
const no = (): boolean => false;

function ignore(): void {
  // It is being closed.
}
