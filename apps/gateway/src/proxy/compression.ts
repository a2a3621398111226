import { constants, createGzip, type Gzip } from "node:zlib";
import { type HeaderList, headerOf, type ResponseSink } from "@octavo/http-wire";

/** Below this, a gzip frame costs more than it saves. (Okapi compresses everything.) */
const LEAST_BYTES = 1024;

/** Text that a module has not compressed itself. Events are left alone: they must not wait for each other. */
const compressible =
  /^(?:text\/(?!event-stream)|application\/(?:json|xml|javascript|graphql|ld\+json|yaml|[\w.-]+\+(?:json|xml))|image\/svg\+xml)/i;

/** Whether the answer is compressed on its way to the client.
 * @param accepted the request's Accept-Encoding */
export function compresses(
  accepted: string | null,
  method: string,
  status: number,
  headers: HeaderList,
  contentLength: number | null,
): boolean {
  if (accepted === null || method === "HEAD" || status === 204 || status === 206 || status === 304)
    return false;
  if (contentLength !== null && contentLength < LEAST_BYTES) return false;
  if (!acceptsGzip(accepted) || headerOf(headers, "content-encoding") !== null) return false;
  if (/(?:^|[ ,])no-transform(?:[ ,]|$)/i.test(headerOf(headers, "cache-control") ?? "")) return false;
  return compressible.test(headerOf(headers, "content-type") ?? "");
}

/** RFC 9110 12.5.3: "gzip" or "*", unless with a weight of 0; where gzip is named, "*" does not speak of it. */
export function acceptsGzip(accepted: string): boolean {
  let any = false;
  for (const item of accepted.split(",")) {
    const [coding = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    const isWanted = !parameters.some((each) => /^q=0(?:\.0{0,3})?$/.test(each));
    if (coding === "gzip" || coding === "x-gzip") return isWanted;
    if (coding === "*") any = isWanted;
  }
  return any;
}

/** The head of a compressed answer: another length, perhaps another cached copy, and no longer the same bytes. */
export function compressedHeaders(headers: HeaderList): string[] {
  const made: string[] = ["Content-Encoding", "gzip", "Vary", "Accept-Encoding"];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? "";
    const value = headers[at + 1] ?? "";
    const isStrongTag = name.toLowerCase() === "etag" && !value.startsWith("W/");
    made.push(name, isStrongTag ? `W/${value}` : value);
  }
  return made;
}

type Body = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Compresses piece by piece: what the module has sent does not wait for what it will send. At most a few pieces are held,
 * because each side waits for the other. */
export async function writeCompressed(body: Body, sink: ResponseSink): Promise<void> {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  const feeding = feed(body, gzip).catch((cause: unknown) => {
    gzip.destroy(cause instanceof Error ? cause : new Error(String(cause)));
  });
  try {
    // as: a gzip stream without an encoding gives Buffers
    for await (const piece of gzip as AsyncIterable<Buffer>) await sink.write(piece);
  } finally {
    await feeding;
  }
}

async function feed(body: Body, gzip: Gzip): Promise<void> {
  for await (const piece of body) {
    if (gzip.destroyed) return;
    await compressed(gzip, piece);
    // Before the next is asked for: another thread may still be at this one.
    if (gzip.destroyed) return;
  }
  gzip.end();
}

/** Resolves when a piece has been read, or the stream is gone. */
function compressed(gzip: Gzip, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    gzip.once("close", resolve);
    gzip.write(piece, () => {
      gzip.off("close", resolve);
      resolve();
    });
  });
}
