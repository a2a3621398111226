import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";
import { BULK_BYTES } from "./bulk-module.ts";
import { forgetPeak, peakMiB, residentMiB } from "./process-memory.ts";

export interface BulkRun {
  readonly mibPerSecond: number;
  /** How much more memory the proxy had at its most than before. */
  readonly growthMiB: number;
}

export interface BulkTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the proxy; null for none. */
  readonly pid: number | null;
}

/** 1 GB from the module to the client. */
export function download(target: BulkTarget): Promise<BulkRun> {
  return timed(target.pid, async () => {
    const request = open(target, "GET");
    request.end();
    const answer = await answerOf(request);
    let bytes = 0;
    answer.on("data", (piece: Buffer) => (bytes += piece.length));
    await once(answer, "end");
    return bytes;
  });
}

/** 1 GB from the client to the module. */
export function upload(target: BulkTarget): Promise<BulkRun> {
  return timed(target.pid, async () => {
    const request = open(target, "POST");
    const answered = answerOf(request);
    const piece = Buffer.alloc(64 * 1024, "u");
    for (let sent = 0; sent < BULK_BYTES; sent += piece.length) {
      if (!request.write(piece)) await once(request, "drain");
    }
    request.end();
    const answer = await answered;
    let text = "";
    for await (const piece of answer) text += String(piece);
    return Number(text);
  });
}

async function timed(pid: number | null, work: () => Promise<number>): Promise<BulkRun> {
  const before = pid === null ? 0 : residentMiB(pid);
  if (pid !== null) forgetPeak(pid);
  const started = performance.now();
  const bytes = await work();
  const seconds = (performance.now() - started) / 1000;
  if (bytes !== BULK_BYTES) throw new Error(`${bytes} of ${BULK_BYTES} bytes came`);
  return {
    mibPerSecond: BULK_BYTES / 1024 / 1024 / seconds,
    growthMiB: pid === null ? 0 : Math.max(0, peakMiB(pid) - before),
  };
}

function open({ url, headers }: BulkTarget, method: string): ClientRequest {
  const length = method === "POST" ? { "Content-Length": String(BULK_BYTES) } : {};
  return httpRequest(url, { method, headers: { ...headers, ...length } });
}

async function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(request, "response")) as [IncomingMessage]; // as: what this event has
  if (answer.statusCode !== 200) throw new Error(`${request.path}: ${answer.statusCode}`);
  return answer;
}
