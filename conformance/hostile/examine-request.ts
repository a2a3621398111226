import type { Lane } from "./lanes.ts";
import { RawConnection } from "./raw-connection.ts";
import type { RecordedRequest, RecordingUpstream } from "./recording-upstream.ts";
import { bytesOf, type Expectation, goodRequest, type RequestVector, type Seen } from "./request-vector.ts";
import { statusOf, type StrictMessage, valuesOf } from "./strict-message.ts";

/** How a vector is sent: by itself, behind and before a good request in one packet, byte by byte, and on a connection of
 * its own between those of two clients whose requests go over the same connection to the module. */
export const manners = ["alone", "pipelined", "byte by byte", "after a good request upstream"] as const;
export type Manner = (typeof manners)[number];

type RequestLane = Lane<RecordingUpstream>;

/** Sends a vector in one manner.
 * @returns a line for each thing that is not as expected */
export async function examine(lane: RequestLane, vector: RequestVector, manner: Manner): Promise<string[]> {
  const examination = new Examination(lane, vector);
  lane.module.take();
  switch (manner) {
    case "alone":
      await examination.alone(false);
      break;
    case "pipelined":
      await examination.pipelined();
      break;
    case "byte by byte":
      await examination.alone(true);
      break;
    case "after a good request upstream":
      await examination.between();
      break;
  }
  return examination.complaints;
}

let canaries = 0;

class Examination {
  readonly complaints: string[] = [];
  readonly #lane: RequestLane;
  readonly #vector: RequestVector;
  readonly #canary = newCanary();
  readonly #bytes: string;

  constructor(lane: RequestLane, vector: RequestVector) {
    this.#lane = lane;
    this.#vector = vector;
    this.#bytes = bytesOf(vector, { tenant: lane.tenant, canary: this.#canary });
  }

  async alone(inPieces: boolean): Promise<void> {
    const client = await RawConnection.open(this.#lane.gatewayUrl);
    const sending = inPieces ? client.sendInPieces(this.#bytes) : client.send(this.#bytes);
    const isOpen = await this.#checkAnswer(client);
    await sending;
    const canary = newCanary();
    if (isOpen) {
      client.send(this.#good(canary));
      await this.#checkGood(client, canary, this.#vector.expect);
    }
    client.destroy();
    await this.#checkSeen([], isOpen ? [canary] : []);
  }

  async pipelined(): Promise<void> {
    const [before, behind] = [newCanary(), newCanary()];
    const client = await RawConnection.open(this.#lane.gatewayUrl);
    client.send(this.#good(before) + this.#bytes + this.#good(behind));
    await this.#checkGood(client, before, null);
    const isOpen = await this.#checkAnswer(client);
    if (isOpen) await this.#checkGood(client, behind, this.#vector.expect);
    client.destroy();
    await this.#checkSeen([before], isOpen ? [behind] : []);
  }

  async between(): Promise<void> {
    const [before, behind] = [newCanary(), newCanary()];
    const first = await RawConnection.open(this.#lane.gatewayUrl);
    const second = await RawConnection.open(this.#lane.gatewayUrl);
    const third = await RawConnection.open(this.#lane.gatewayUrl);
    first.send(this.#good(before));
    await this.#checkGood(first, before, null);
    second.send(this.#bytes);
    await this.#checkAnswer(second);
    third.send(this.#good(behind));
    await this.#checkGood(third, behind, null);
    for (const client of [first, second, third]) client.destroy();
    const seen = await this.#checkSeen([before], [behind]);
    const { expect } = this.#vector;
    if (expect.kind === "accepted" && !expect.isEarly && new Set(seen).size > 1) {
      this.#complain(`the module's connections were ${seen.join(", ")}: none was used again`);
    }
  }

  /** @returns whether the connection goes on */
  async #checkAnswer(client: RawConnection): Promise<boolean> {
    const { expect } = this.#vector;
    const answer = await client.answer(methodOf(this.#bytes));
    if (typeof answer === "string") {
      this.#complain(answer);
      return false;
    }
    const status = statusOf(answer);
    const statuses = expect.kind === "refused" ? expect.statuses : [expect.status];
    if (!statuses.includes(status))
      this.#complain(`status ${status}, not ${statuses.join(" or ")}: ${answer.body}`);
    if (expect.kind === "accepted") {
      const isHead = methodOf(this.#bytes) === "HEAD";
      if (!isHead && answer.body !== `canary ${this.#canary}`)
        this.#complain(`an answer to another: ${answer.body}`);
    } else if (!isSentence(answer) && methodOf(this.#bytes) !== "HEAD" && status >= 300) {
      this.#complain(`no sentence: ${answer.body}`);
    }
    return this.#goesOn(client, answer);
  }

  async #goesOn(client: RawConnection, answer: StrictMessage): Promise<boolean> {
    const { expect } = this.#vector;
    const after = expect.kind === "refused" ? "closed" : expect.after;
    const saysClose = valuesOf(answer, "connection").includes("close");
    switch (after) {
      case "kept":
        if (saysClose) this.#complain("it says that the connection ends");
        return !saysClose;
      case "either":
        if (saysClose) this.#complainOf(await client.end());
        return !saysClose;
      case "closed":
        if (!saysClose) this.#complain("it does not say that the connection ends");
        this.#complainOf(await client.end());
        return false;
      case "refused": {
        const refusal = await client.answer("GET");
        if (typeof refusal === "string") this.#complain(`behind it: ${refusal}`);
        else if (statusOf(refusal) !== 400) this.#complain(`behind it: status ${statusOf(refusal)}`);
        this.#complainOf(await client.end());
        return false;
      }
    }
  }

  /** @param behind what the vector was, where this comes behind it */
  async #checkGood(client: RawConnection, canary: string, behind: Expectation | null): Promise<void> {
    const answer = await client.answer("GET");
    const what = behind === null ? "the good request" : "the good request behind it";
    if (typeof answer === "string") this.#complain(`${what}: ${answer}`);
    else if (answer.body !== `canary ${canary}`)
      this.#complain(`${what} got ${statusOf(answer)} ${answer.body}`);
  }

  /** Compares what the module got.
   * @returns the numbers of its connections */
  async #checkSeen(before: readonly string[], behind: readonly string[]): Promise<number[]> {
    const { module } = this.#lane;
    if (!(await module.isSettled())) this.#complain("the module still waits for the rest of a request");
    const records = module.take();
    const own: RecordedRequest[] = [];
    const good = new Set([...before, ...behind]);
    for (const record of records) {
      const canary = record.message === null ? null : valuesOf(record.message, "x-canary").join(",");
      if (record.kind === "broken") this.#complain(`the module got ${record.text}`);
      else if (canary !== null && good.delete(canary)) this.#checkFrame(record);
      else own.push(record);
    }
    if (good.size > 0) this.#complain(`the module never got ${[...good].join(", ")}`);
    this.#checkOwn(own);
    return records.map(({ connection }) => connection);
  }

  #checkOwn(records: readonly RecordedRequest[]): void {
    const { expect } = this.#vector;
    const kinds = records.map(({ kind }) => kind).join(", ");
    const texts = records.map(({ text }) => JSON.stringify(text.slice(0, 400))).join(" and ");
    if (expect.kind === "answered" || (expect.kind === "refused" && !expect.reachesInPart)) {
      if (records.length > 0) this.#complain(`the module got ${texts}`);
      return;
    }
    const [record] = records;
    if (expect.kind === "refused") {
      if (records.length > 1 || record?.kind === "whole") this.#complain(`the module got ${kinds}: ${texts}`);
      return;
    }
    if (record === undefined || records.length > 1 || (record.kind === "part" && !expect.isEarly)) {
      this.#complain(`the module got ${records.length} requests (${kinds}): ${texts}`);
      return;
    }
    this.#checkFrame(record);
    for (const each of differences(record, expect.seen)) this.#complain(`the module got ${each}`);
  }

  /** What holds of every request that a module gets. */
  #checkFrame({ message }: RecordedRequest): void {
    if (message === null) return;
    const { authority } = this.#lane.module;
    const expected: Readonly<Record<string, string>> = {
      host: authority,
      "x-okapi-tenant": this.#lane.tenant,
    };
    for (const [name, value] of Object.entries(expected)) {
      const values = valuesOf(message, name);
      if (values.length !== 1 || values[0] !== value)
        this.#complain(`the module got ${name}: ${values.join(" and ")}`);
    }
    for (const name of ["upgrade", "te", "trailer", "proxy-authorization", "http2-settings", "keep-alive"]) {
      if (valuesOf(message, name).length > 0) this.#complain(`the module got a header ${name}`);
    }
  }

  #good(canary: string): string {
    return bytesOf(goodRequest, { tenant: this.#lane.tenant, canary });
  }

  #complain(because: string): void {
    this.complaints.push(because);
  }

  #complainOf(because: string | null): void {
    if (because !== null) this.complaints.push(because);
  }
}

function differences({ message, text }: RecordedRequest, seen: Seen): string[] {
  const found: string[] = [];
  if (message === null) return found;
  const [method, target] = message.startLine.split(" ");
  if (seen.method !== undefined && seen.method !== method) found.push(`method ${method}`);
  if (seen.target !== undefined && seen.target !== target) found.push(`target ${target}`);
  if (seen.body !== undefined && seen.body !== message.body)
    found.push(`body ${JSON.stringify(message.body)}`);
  for (const [name, value] of Object.entries(seen.has ?? {})) {
    const values = valuesOf(message, name).join(", ");
    if (values !== value) found.push(`${name}: ${JSON.stringify(values)}, not ${JSON.stringify(value)}`);
  }
  for (const name of seen.lacks ?? []) if (valuesOf(message, name).length > 0) found.push(`a header ${name}`);
  if (seen.nowhere !== undefined && text.includes(seen.nowhere)) found.push(`${seen.nowhere} in it: ${text}`);
  return found;
}

function isSentence(answer: StrictMessage): boolean {
  return (
    valuesOf(answer, "content-type")[0]?.startsWith("text/plain") === true && /^[ -~]{10,}$/.test(answer.body)
  );
}

function methodOf(bytes: string): string {
  return /^[\r\n]*([A-Z-]+)/.exec(bytes)?.[1] ?? "GET";
}

function newCanary(): string {
  canaries += 1;
  return `c${canaries}`;
}
