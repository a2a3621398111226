import { Client, type ClientConfig, type QueryResult } from "pg";
import { sendCancelRequest } from "./cancel-request.ts";
import { statementName } from "./statement-name.ts";
import type { Statement } from "./statement.ts";

/** Texts that one connection keeps prepared; for another one the least recently used goes. */
const MAX_PREPARED = 500;
/** Longest wait for a server to close a connection. */
const CLOSE_MS = 1000;

/** What the types of pg leave out of its connection: the texts of names by what is known of them, and the Close of one. */
interface NamesOfPg {
  readonly parsedStatements: Record<string, string | undefined>;
  readonly submittedNamedStatements: Readonly<Record<string, string | undefined>>;
  close(what: { readonly type: "S"; readonly name: string }): void;
}

/** One session of the server. Statements are sent as they come, without waiting for the one before (pipelining of pg 8.23), and answered in
 * that order. */
export class Connection {
  readonly #client: Client;
  /** Names that the server has been given, the least recently used first. */
  readonly #prepared = new Set<string>();
  #prepares: boolean;
  #isBroken = false;
  #whenBroken: () => void = () => undefined;

  private constructor(client: Client, prepares: boolean) {
    this.#client = client;
    this.#prepares = prepares;
    // The statements under way fail with it; one that is idle must not be taken again.
    client.on("error", () => this.#breaks());
    client.on("end", () => this.#breaks());
  }

  static async open(config: ClientConfig, prepares: boolean): Promise<Connection> {
    const client = new Client({ ...config, pipeline: true });
    const connection = new Connection(client, prepares);
    await client.connect();
    return connection;
  }

  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Called once, when the server or the network has cut it; not by `close`. */
  onBroken(call: () => void): void {
    this.#whenBroken = call;
  }

  #breaks(): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#whenBroken();
  }

  /** Sends text of our own, that may hold several statements (simple protocol). */
  send(text: string): Promise<unknown> {
    this.#gather();
    return this.#client.query(text);
  }

  /** Sends one statement (extended protocol: a second one in its text is an error).
   * @param edition of the tables it reads, null: send it without a name */
  query(statement: Statement, edition: number | null): Promise<QueryResult<Record<string, unknown>>> {
    this.#gather();
    const { text, values } = statement;
    const name = edition === null || !this.#prepares ? null : this.#nameOf(text, edition);
    const named = name === null ? { text } : { text, name };
    const query = { ...named, values: [...values], queryMode: "extended" };
    return this.#client.query(query);
  }

  /** What is sent in one turn leaves in one packet: half the time of a short transaction is that of system calls. */
  #gather(): void {
    const { stream } = this.#client.connection;
    if (stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  #nameOf(text: string, edition: number): string | null {
    const name = statementName(text, edition);
    const isKnown = this.#prepared.delete(name);
    if (!isKnown && this.#prepared.size >= MAX_PREPARED && !this.#forgetOne()) return null;
    this.#prepared.add(name);
    return name;
  }

  /** Its Close leaves with the statement that it makes room for and is answered with it: no round trip. The server does it within a transaction that
   * has failed, too, and does not mind a name that it has not.
   * @returns false where all that there are wait for their answer */
  #forgetOne(): boolean {
    const wire = this.#client.connection as unknown as NamesOfPg;
    for (const name of this.#prepared) {
      // When it is answered pg will take it for prepared.
      if (wire.submittedNamedStatements[name] !== undefined) continue;
      this.#prepared.delete(name);
      delete wire.parsedStatements[name];
      wire.close({ type: "S", name });
      return true;
    }
    return false;
  }

  /** From now on nothing is prepared here: a pooler in between has no room for names. */
  stopPreparing(): void {
    this.#prepares = false;
  }

  /** Asks the server to give up what runs. What was meant for it may come late: this connection must be closed afterwards. */
  interrupt(): void {
    // Both are properties of every client of pg that is connected; its types leave them out.
    const { processID, secretKey } = this.#client as unknown as { processID: number; secretKey: number };
    const { host, port } = this.#client;
    sendCancelRequest(
      host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
      processID,
      secretKey,
    );
  }

  /** Resolves when the server has let it go, or has not answered for a while. */
  async close(): Promise<void> {
    this.#isBroken = true;
    const impatience = setTimeout(() => this.#client.connection.stream.destroy(), CLOSE_MS);
    await this.#client.end().catch(() => null);
    clearTimeout(impatience);
  }
}
