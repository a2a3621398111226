// node-request.ts runs for every request.
import { IncomingMessage } from "node:http";

/** A request of node:http that does not make an object of all its headers: we read the raw ones, and Node's server asks every
 * request for four of them only. */
export class NodeRequest extends IncomingMessage {}

/** What Node's server asks for: Expect, what frames a body, and TE where the request is HTTP/1.0. */
function headersForNode(this: IncomingMessage): Readonly<Record<string, string>> {
  const { rawHeaders } = this;
  let found: Record<string, string> | null = null;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (!mayBeAsked(name)) continue;
    const lower = name.toLowerCase();
    if (!asked.has(lower)) continue;
    found ??= {};
    const value = rawHeaders[at + 1] ?? "";
    const before = found[lower];
    found[lower] = before === undefined ? value : `${before}, ${value}`;
  }
  return found ?? NONE;
}

const NONE: Readonly<Record<string, string>> = Object.freeze({});
const asked: ReadonlySet<string> = new Set(["expect", "content-length", "transfer-encoding", "te"]);

/** By length and first letter, which no usual header shares. */
function mayBeAsked(name: string): boolean {
  const first = name.charCodeAt(0) | 0x20; // in lower case
  switch (name.length) {
    case 6:
      return first === E;
    case 14:
      return first === C;
    case 2:
    case 17:
      return first === T;
    default:
      return false;
  }
}

const [C, E, T] = [0x63, 0x65, 0x74];

// The type has it as a property, which no class may override by an accessor; Node itself has an accessor there.
Object.defineProperty(NodeRequest.prototype, "headers", { get: headersForNode });
