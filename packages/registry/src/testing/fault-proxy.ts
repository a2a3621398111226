import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A TCP proxy before the database that does to it what networks and servers do.
 * - pass: nothing
 * - refuse: as a server that is stopped: connections are closed, new ones refused
 * - freeze: as a machine that stands still: everything is accepted, nothing is answered */
export class FaultProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #pairs = new Set<{ readonly client: Socket; readonly database: Socket }>();
  #mode: "pass" | "refuse" | "freeze" = "pass";
  #cut: { readonly text: string; readonly isForwarded: boolean; readonly done: () => void } | null = null;

  private constructor(server: Server, target: URL) {
    this.#server = server;
    this.#target = target;
    server.on("connection", (client) => this.#accept(client));
  }

  static async before(databaseUrl: string): Promise<FaultProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FaultProxy(server, new URL(databaseUrl));
  }

  get url(): string {
    const url = new URL(this.#target);
    url.hostname = "127.0.0.1";
    url.port = String((this.#server.address() as AddressInfo).port); // a TCP server that listens
    return url.href;
  }

  set mode(mode: "pass" | "refuse" | "freeze") {
    this.#mode = mode;
    if (mode !== "freeze") this.#closeAll();
  }

  /** Cuts the connection on which the client next sends `text`: after it was forwarded, so that the server carries it out
   * and nobody hears of it, or before. Resolves when it has happened. */
  cutAt(text: string, isForwarded: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#cut = { text, isForwarded, done: resolve };
    });
  }

  async close(): Promise<void> {
    this.#closeAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    client.on("error", ignore);
    if (this.#mode === "refuse") {
      client.destroy();
      return;
    }
    const database = connect(Number(this.#target.port), this.#target.hostname);
    database.on("error", ignore);
    const pair = { client, database };
    this.#pairs.add(pair);
    client.on("data", (data) => {
      if (this.#mode === "freeze") return;
      const cut = this.#cut;
      if (cut === null || !data.includes(cut.text)) {
        database.write(data);
        return;
      }
      this.#cut = null;
      client.destroy();
      if (cut.isForwarded) database.end(data);
      else database.destroy();
      cut.done();
    });
    database.on("data", (data) => {
      if (this.#mode !== "freeze") client.write(data);
    });
    client.on("close", () => {
      this.#pairs.delete(pair);
      database.end();
    });
    database.on("close", () => client.destroy());
  }

  #closeAll(): void {
    for (const { client, database } of this.#pairs) {
      client.destroy();
      database.destroy();
    }
  }
}

function ignore(): void {
  // Cut connections are what this is for.
}
