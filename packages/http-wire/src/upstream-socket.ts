import { lookup as resolveName } from "node:dns";
import { isIP, type LookupFunction, Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { letAnswersThrough } from "./upstream-writes.ts";
import { mayBeModule } from "./upstream-address.ts";
import type { UpstreamFailure } from "./upstream.ts";

/** What connections to modules may be told. */
export interface UpstreamOptions {
  /** How long a connection is kept without a hint of the module; default DEFAULT_IDLE_MS. */
  readonly idleMs?: number;
  /** Where may be connected to, asked for each new connection; default upstream-address.ts. */
  readonly mayConnectTo?: MayConnectTo;
  /** Trust and client certificates for https origins. */
  readonly tls?: ConnectionOptions;
  /** Every origin is reached by this Unix socket. */
  readonly path?: string;
}

/** @param address an IP address, as resolved */
type MayConnectTo = (address: string, port: number) => boolean;

/** Under the 5 s after which Node's servers close a connection: we must be first. */
export const DEFAULT_IDLE_MS = 4000;
/** However long a module promises to keep a connection, it may be restarted. */
const MAX_IDLE_S = 60;

/** How long a connection may wait for its next request when the module said that it closes it after so long. */
export function idleMsOf(keepAliveSeconds: number): number {
  return Math.min(keepAliveSeconds - 1, MAX_IDLE_S) * 1000;
}

/** An origin, parsed once. */
export interface OriginAddress {
  readonly url: URL;
  /** For the Host header. */
  readonly host: string;
  /** An address in the URL itself that no module may have. */
  readonly isForbidden: boolean;
  readonly mayConnectTo: MayConnectTo;
  readonly tls: ConnectionOptions;
  /** The Unix socket that leads there; null: host and port of the URL. */
  readonly path: string | null;
}

/** @returns null where it is no http or https URL */
export function originAddress(origin: string, options: UpstreamOptions): OriginAddress | null {
  const url = URL.parse(origin);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  const { mayConnectTo = mayBeModule, tls = {}, path = null } = options;
  const address = bareHost(url.hostname);
  const isForbidden = isIP(address) !== 0 && !mayConnectTo(address, portOf(url));
  return { url, host: url.host, isForbidden, mayConnectTo, tls, path };
}

/** A socket that is connecting; "secureConnect" or "connect" tells when it stands. */
export function openUpstreamSocket(address: OriginAddress): Socket {
  return letAnswersThrough(
    address.url.protocol === "https:" ? connectSecurely(address) : connectPlainly(address),
  );
}

export function isTls(socket: Socket): boolean {
  return "encrypted" in socket;
}

/** What the error of a socket says that does not stand yet. */
export function whyNotConnected(
  socket: Socket | null,
  error: NodeJS.ErrnoException,
): UpstreamFailure["kind"] {
  switch (error.code) {
    case FORBIDDEN:
      return "forbidden-address";
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
    case "EAI_NODATA":
      return "no-such-host";
    default: {
      const isShakingHands = socket !== null && isTls(socket) && !socket.connecting;
      return isShakingHands && error.syscall !== "connect" ? "tls-failure" : "connect-refused";
    }
  }
}

/** The error code of an address that `mayConnectTo` refuses. */
const FORBIDDEN = "OCTAVO_FORBIDDEN_ADDRESS";

function connectPlainly({ url, mayConnectTo, path }: OriginAddress): Socket {
  const socket = new Socket();
  if (path !== null) return socket.connect({ path });
  socket.setNoDelay(true);
  const port = portOf(url);
  return socket.connect({ host: bareHost(url.hostname), port, lookup: lookupOf(mayConnectTo, port) });
}

function connectSecurely({ url, mayConnectTo, tls }: OriginAddress): TLSSocket {
  const host = bareHost(url.hostname);
  const port = portOf(url);
  const socket = connectTls({
    ...tls,
    host,
    port,
    ALPNProtocols: ["http/1.1"],
    lookup: lookupOf(mayConnectTo, port),
    ...(isIP(host) === 0 && { servername: host }),
  });
  socket.setNoDelay(true);
  return socket;
}

/** The address that is checked is the one connected to: a name cannot mean another one a moment later. Origins that are
 * an address already are not looked up; `isForbidden` is about them. */
function lookupOf(mayConnectTo: MayConnectTo, port: number): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const allowed = addresses.filter(({ address }) => mayConnectTo(address, port));
      const [first] = allowed;
      if (first === undefined) return callback(forbidden(hostname), []);
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === "https:" ? 443 : 80));
}

/** URL writes an IPv6 address in brackets. */
function bareHost(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}

function forbidden(address: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no module may be at ${address}`), { code: FORBIDDEN });
}
