import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Fault } from "./fault.ts";
import { Flow } from "./flow.ts";

/** A TCP proxy before a server that does to connections what networks and servers do. Faults hold for the connections that
 * are there and for those that come, each until it is taken back.
 *
 *     const proxy = await FaultProxy.before(databaseUrl);
 *     const end = proxy.add({ kind: "latency", ms: 100 });
 *     ...
 *     end(); // or proxy.heal() for all */
export class FaultProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #pairs = new Set<Pair>();
  readonly #faults = new Set<Fault>();
  #cut: { readonly text: string; readonly isForwarded: boolean; readonly done: () => void } | null = null;

  private constructor(server: Server, target: URL) {
    this.#server = server;
    this.#target = target;
    server.on("connection", (client) => this.#accept(client));
  }

  /** @param url of the server, any scheme, with a port */
  static async before(url: string): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FaultProxy(server, new URL(url));
  }

  /** The server's URL with the address of this proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.hostname = "127.0.0.1";
    url.port = String((this.#server.address() as AddressInfo).port); // a TCP server that listens
    return url.href;
  }

  /** Connections that are open through it. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** @returns takes it back */
  add(fault: Fault): () => void {
    this.#faults.add(fault);
    for (const pair of this.#pairs) this.#begin(fault, pair);
    return () => {
      this.#faults.delete(fault);
      this.#changed();
    };
  }

  /** Takes all faults back. What was held comes through, as after a network that has dropped packets. */
  heal(): void {
    this.#faults.clear();
    this.#changed();
  }

  /** Cuts the connection on which the client next sends `text`: after it was forwarded, so that the server carries it out
   * and nobody hears of it, or before. Resolves when it has happened. */
  cutAt(text: string, isForwarded: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#cut = { text, isForwarded, done: resolve };
    });
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) pair.end("close");
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    client.on("error", ignore);
    if ([...this.#faults].some(({ kind }) => kind === "down")) {
      client.destroy();
      return;
    }
    const server = connect({
      port: Number(this.#target.port),
      host: this.#target.hostname,
      allowHalfOpen: true,
    });
    server.on("error", ignore);
    const pair = new Pair(client, server, this.#faults, (data) => this.#isCut(pair, data));
    this.#pairs.add(pair);
    void pair.ended.then(() => this.#pairs.delete(pair));
    for (const fault of this.#faults) this.#begin(fault, pair);
  }

  /** What a fault does by itself, whether or not anything is sent. */
  #begin(fault: Fault, pair: Pair): void {
    const later = (ms: number, how: "close" | "reset"): void => {
      const timer = setTimeout(() => {
        if (this.#faults.has(fault)) pair.end(how);
      }, ms);
      void pair.ended.then(() => clearTimeout(timer));
    };
    if (fault.kind === "down") pair.end("close");
    if (fault.kind === "reset") later(fault.afterMs, "reset");
    if (fault.kind === "timeout" && fault.closesAfterMs !== null) later(fault.closesAfterMs, "close");
  }

  #isCut(pair: Pair, data: Buffer): boolean {
    const cut = this.#cut;
    if (cut === null || !data.includes(cut.text)) return false;
    this.#cut = null;
    pair.client.destroy();
    if (cut.isForwarded) pair.server.end(data);
    else pair.server.destroy();
    cut.done();
    return true;
  }

  #changed(): void {
    for (const pair of this.#pairs) pair.look();
  }
}

/** A client's connection and the one to the server that belongs to it. */
class Pair {
  readonly client: Socket;
  readonly server: Socket;
  readonly ended: Promise<void>;
  readonly #flows: readonly Flow[];

  /** @param isCut whether what the client has sent ends the connection */
  constructor(client: Socket, server: Socket, faults: ReadonlySet<Fault>, isCut: (data: Buffer) => boolean) {
    this.client = client;
    this.server = server;
    const end = (how: "close" | "reset"): void => this.end(how);
    this.#flows = [
      new Flow({ from: client, to: server, towards: "server", faults, isCut, end }),
      new Flow({ from: server, to: client, towards: "client", faults, isCut: () => false, end }),
    ];
    client.on("close", (hadError) => {
      if (hadError) server.destroy();
    });
    server.on("close", (hadError) => {
      if (hadError) client.destroy();
    });
    const closed = (socket: Socket) => new Promise<void>((resolve) => socket.on("close", () => resolve()));
    this.ended = Promise.all([closed(client), closed(server)]).then(() => undefined);
  }

  end(how: "close" | "reset"): void {
    for (const socket of [this.client, this.server]) {
      if (how === "reset" && !socket.connecting) socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  look(): void {
    for (const flow of this.#flows) flow.look();
  }
}

function ignore(): void {
  // Cut connections are what this is for.
}
