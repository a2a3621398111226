import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Fault, FaultOf } from "./fault.ts";

/** More than this is not taken in while it is held: then the sender feels it. */
const MOST_HELD_BYTES = 1 << 20;

export interface FlowParts {
  readonly from: Socket;
  readonly to: Socket;
  readonly towards: "server" | "client";
  readonly faults: ReadonlySet<Fault>;
  /** Asked for each piece before anything else; true where the connection has ended with it. */
  readonly isCut: (data: Buffer) => boolean;
  readonly end: (how: "close") => void;
}

/** One direction of a connection through the proxy: what comes in is held in order and let out as the faults allow. */
export class Flow {
  readonly #parts: FlowParts;
  readonly #held: { readonly data: Buffer; readonly at: number }[] = [];
  readonly #over = new AbortController();
  #heldBytes = 0;
  #sentBytes = 0;
  #hasEnded = false;
  #wake: () => void = () => undefined;

  constructor(parts: FlowParts) {
    this.#parts = parts;
    const { from, to } = parts;
    from.on("data", (data: Buffer) => this.#take(data));
    from.on("end", () => {
      this.#hasEnded = true;
      this.look();
    });
    for (const socket of [from, to]) {
      socket.on("close", () => {
        this.#over.abort();
        this.look();
      });
    }
    void this.#run();
  }

  /** Something has changed: faults, or what is held. */
  look(): void {
    this.#wake();
  }

  #take(data: Buffer): void {
    if (this.#parts.isCut(data)) return;
    this.#held.push({ data, at: performance.now() });
    this.#heldBytes += data.length;
    if (this.#heldBytes > MOST_HELD_BYTES) this.#parts.from.pause();
    this.look();
  }

  async #run(): Promise<void> {
    const { to, from } = this.#parts;
    for (;;) {
      await this.#until(() => (this.#held.length > 0 || this.#hasEnded) && this.#fault("timeout") === null);
      const next = this.#held.shift();
      if (this.#over.signal.aborted || next === undefined) break;
      await this.#late(next.at);
      for (const piece of this.#sliced(next.data)) await this.#send(piece);
      this.#heldBytes -= next.data.length;
      if (this.#heldBytes <= MOST_HELD_BYTES) from.resume();
    }
    await this.#pause(this.#fault("slow-close")?.ms ?? 0);
    to.end();
  }

  /** The time that a piece has waited already counts, so that latency does not lower the rate. */
  async #late(at: number): Promise<void> {
    const fault = this.#fault("latency");
    if (fault === null) return;
    const { ms, jitterMs = 0 } = fault;
    await this.#pause(at + ms + (2 * Math.random() - 1) * jitterMs - performance.now());
  }

  *#sliced(data: Buffer): Iterable<Buffer> {
    const bytes = this.#fault("slicer")?.bytes ?? data.length;
    for (let at = 0; at < data.length; at += bytes) yield data.subarray(at, at + bytes);
  }

  async #send(piece: Buffer): Promise<void> {
    const { to, end } = this.#parts;
    if (this.#over.signal.aborted) return;
    const left = (this.#fault("byte-limit")?.bytes ?? Infinity) - this.#sentBytes;
    const sent = piece.subarray(0, Math.max(0, left));
    this.#sentBytes += sent.length;
    const isFull = !to.write(sent);
    if (left <= piece.length) {
      to.end(() => end("close"));
      this.#over.abort();
      return;
    }
    if (isFull) await new Promise<void>((resolve) => this.#drained(resolve));
    await this.#pause(this.#fault("slicer")?.pauseMs ?? 0);
    const rate = this.#fault("bandwidth")?.bytesPerSecond;
    if (rate !== undefined) await this.#pause((sent.length / rate) * 1000);
  }

  #drained(then: () => void): void {
    const { to } = this.#parts;
    const end = (): void => {
      to.off("drain", end).off("close", end);
      then();
    };
    to.on("drain", end).on("close", end);
  }

  #fault<K extends Fault["kind"]>(kind: K): FaultOf<K> | null {
    for (const fault of this.#parts.faults) {
      const isHere = fault.towards === undefined || fault.towards === this.#parts.towards;
      if (fault.kind === kind && isHere) return fault as FaultOf<K>; // as: the kind was compared
    }
    return null;
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    await delay(ms, undefined, { signal: this.#over.signal }).catch(() => undefined);
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!this.#over.signal.aborted && !holds()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
