import { isIP } from "node:net";
import { addressesWithin, mayBeModule } from "@octavo/http-wire";
import { err, ok, type Result } from "@octavo/result";
import { isLoopbackHost } from "../loopback-host.ts";

/** Where the platform itself may call: over http or https, never the addresses at which clouds hand out credentials
 * (link-local and the metadata services). What an operator registers is otherwise trusted: modules live on private networks.
 * What a name leads to is checked when it is connected to, so that it cannot mean another address a moment later.
 * @returns a sentence that says what is wrong with the URL */
export function checkOutgoingUrl(text: string): Result<URL, string> {
  const url = URL.parse(text);
  if (url === null) return err(`Not a URL: ${text}. Give one such as http://host:8081`);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return err(`URL must begin with http:// or https://, but got: ${text}`);
  }
  if (url.username !== "" || url.password !== "") return err("URL must not hold a user name or password");
  if (isForbiddenHost(url.hostname)) return err(forbidden(text));
  return ok(url);
}

/** As checkOutgoingUrl, for where a module is: not at a gateway of this platform, which would call itself without end, and
 * for whom the management API is at the same port.
 * @param gateways the URLs of the platform's instances
 * @param networks where modules may be; null: anywhere. What a name leads to is looked at when it is connected to */
export function checkModuleUrl(
  text: string,
  gateways: readonly string[],
  networks: readonly string[] | null,
): Result<URL, string> {
  const checked = checkOutgoingUrl(text);
  if (!checked.ok) return checked;
  const host = plainHost(checked.value);
  const isWithin = networks === null || isIP(host) === 0 || addressesWithin(networks)?.(host) === true;
  if (!isWithin) return err(`URL must be within OCTAVO_MODULE_NETWORKS: ${text}`);
  const own = gateways.some((gateway) => isSamePlace(checked.value, new URL(gateway)));
  return own ? err(`URL must be a module's, not a gateway's own: ${text}`) : checked;
}

function isSamePlace(one: URL, other: URL): boolean {
  if (portOf(one) !== portOf(other)) return false;
  const [host, otherHost] = [plainHost(one), plainHost(other)];
  return host === otherHost || (isLoopbackHost(host) && isLoopbackHost(otherHost));
}

function portOf({ port, protocol }: URL): string {
  return port === "" ? (protocol === "https:" ? "443" : "80") : port;
}

function forbidden(url: string): string {
  return `URL must not point to a link-local or metadata address: ${url}`;
}

const forbiddenNames = new Set(["metadata.google.internal", "metadata.goog", "instance-data"]);

function isForbiddenHost(hostname: string): boolean {
  const host = plainHost({ hostname });
  return isIP(host) === 0 ? forbiddenNames.has(host) : !mayBeModule(host);
}

/** Without the brackets of an IPv6 address and the dot of a full name; IPv4 within IPv6 as IPv4. */
function plainHost({ hostname }: Pick<URL, "hostname">): string {
  const host = hostname.replace(/^\[|\]$/gu, "").replace(/\.$/u, "");
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/u.exec(host);
  if (mapped === null) return host;
  const bytes = [mapped[1] ?? "", mapped[2] ?? ""].flatMap((part) => {
    const number = Number.parseInt(part, 16);
    return [number >> 8, number & 255];
  });
  return bytes.join(".");
}
