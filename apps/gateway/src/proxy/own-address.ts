import { networkInterfaces } from "node:os";
import { isLoopbackHost, isWildcardHost } from "../loopback-host.ts";

/** Where this gateway listens. */
export interface OwnPlace {
  readonly host: string;
  readonly port: number;
}

/** Whether a connection there would reach this gateway itself: a module that is said to be there, under whatever name, would
 * be called for its own call, without end.
 * @param address as resolved */
export function isOwnAddress(own: OwnPlace, address: string, port: number): boolean {
  if (port !== own.port) return false;
  const plain = address.replace(/^::ffff:/iu, "");
  if (isWildcardHost(own.host)) return isLoopbackHost(plain) || addressesOfMachine().has(plain);
  return plain === own.host || (own.host === "localhost" && isLoopbackHost(plain));
}

/** Asked when a connection is opened to our own port, which is never, or a mistake. */
function addressesOfMachine(): ReadonlySet<string> {
  return new Set(
    Object.values(networkInterfaces())
      .flat()
      .map((each) => each?.address ?? ""),
  );
}
