import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { S3Settings } from "../s3/s3-settings.ts";
import { Bucket } from "./bucket.ts";
import type { S3Fault } from "./s3-fault.ts";
import { answer, refused, type S3Answer, type S3Request } from "./s3-operations.ts";
import { verifySignature } from "./signature.ts";

/** A server with one bucket that speaks as much of the S3 API as our store needs, strictly: each signature and each body's hash is checked.
 * It stands for a real store in tests that want faults, or a clock of their own; a real one passes the same contract (`.ci/swift`). */
export class S3TestServer {
  readonly bucket: Bucket;
  readonly settings: S3Settings & { readonly endpoint: string };
  readonly #server: Server;
  readonly #now: () => Date;
  #faults: { readonly fault: S3Fault; left: number }[] = [];

  private constructor(server: Server, now: () => Date) {
    this.#server = server;
    this.#now = now;
    this.bucket = new Bucket(now);
    this.settings = {
      bucket: "octavo",
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP server that listens
      region: "us-east-1",
      credentials: { accessKeyId: "octavo", secretAccessKey: randomUUID() },
    };
    server.on("request", (request, response) => void this.#serve(request, response));
  }

  /** @param now the server's clock, for signatures and rules */
  static async start(now: () => Date = () => new Date()): Promise<S3TestServer> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new S3TestServer(server, now);
  }

  /** Holds for the next requests that it fits, then it is over. */
  add(fault: S3Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  /** Whether all faults that were added have happened. */
  get isHealed(): boolean {
    return this.#faults.length === 0;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.url ?? "";
    const fault = this.#faultFor(request.method ?? "", target);
    if (fault?.kind === "cut") return void request.socket.destroy();
    const body = await bytesOf(request);
    if (fault?.kind === "corrupt") body.writeUInt8(body.readUInt8(0) ^ 1, 0);
    const made = fault?.kind === "status" ? refused(fault.status, fault.code) : this.#answer(request, body);
    if (fault?.kind === "cut-after") return void request.socket.destroy();
    // By its own clock: a client whose clock differs learns it here.
    response.writeHead(made.status, { ...made.headers, date: this.#now().toUTCString() });
    if (fault?.kind !== "half-answer" || made.body === undefined) return void response.end(made.body);
    response.write(made.body.slice(0, made.body.length / 2), () => request.socket.destroy());
  }

  #answer(request: IncomingMessage, body: Buffer): S3Answer {
    const target = request.url ?? "";
    const method = request.method ?? "";
    // Node joins repeated headers with a comma but for those that S3 knows once only.
    const headers = request.headers as Record<string, string | undefined>;
    const { credentials, bucket } = this.settings;
    if (credentials === null) return refused(403, "AccessDenied");
    const signed = verifySignature({ method, target, headers }, credentials, this.#now());
    if (typeof signed === "string") return refused(403, signed);
    if (signed.payload.startsWith("STREAMING-")) return refused(501, "NotImplemented");
    if (signed.payload !== "UNSIGNED-PAYLOAD" && signed.payload !== sha256(body))
      return refused(400, "XAmzContentSHA256Mismatch");
    const { pathname, searchParams: query } = new URL(target, "http://s3");
    const [, named = "", ...rest] = pathname.split("/").map(decodeURIComponent);
    if (named !== bucket) return refused(404, "NoSuchBucket");
    const read: S3Request = { method, key: rest.join("/"), query, headers, body };
    return answer(this.bucket, read);
  }

  #faultFor(method: string, target: string): S3Fault["does"] | null {
    const found = this.#faults.find(
      ({ fault }) =>
        (fault.method === undefined || fault.method === method) && target.includes(fault.target ?? ""),
    );
    if (found === undefined) return null;
    found.left--;
    this.#faults = this.#faults.filter(({ left }) => left > 0);
    return found.fault.does;
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer); // no encoding is set
  return Buffer.concat(pieces);
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
