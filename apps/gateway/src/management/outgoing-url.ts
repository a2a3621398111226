import { BlockList, isIPv4, isIPv6 } from "node:net";
import { lookup } from "node:dns/promises";
import { err, ok, type Result } from "@octavo/result";

/** Where the platform itself may call: over http or https, never the addresses at which clouds hand out credentials
 * (link-local and the metadata services). What an operator registers is otherwise trusted: modules live on private networks.
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

/** As checkOutgoingUrl, and looks up the name: for a call that is made at once. A name that cannot be looked up passes, so
 * that the call itself says what is wrong. */
export async function checkResolvedUrl(text: string): Promise<Result<URL, string>> {
  const checked = checkOutgoingUrl(text);
  if (!checked.ok) return checked;
  const host = withoutBrackets(checked.value.hostname);
  if (isIPv4(host) || isIPv6(host)) return checked;
  const addresses = await lookup(host, { all: true }).catch(() => []);
  return addresses.some(({ address }) => isForbiddenHost(address)) ? err(forbidden(text)) : checked;
}

function forbidden(url: string): string {
  return `URL must not point to a link-local or metadata address: ${url}`;
}

const forbiddenAddresses = new BlockList();
forbiddenAddresses.addSubnet("169.254.0.0", 16, "ipv4");
forbiddenAddresses.addSubnet("0.0.0.0", 8, "ipv4");
forbiddenAddresses.addAddress("100.100.100.200", "ipv4"); // Alibaba Cloud
forbiddenAddresses.addAddress("192.0.0.192", "ipv4"); // Oracle Cloud
forbiddenAddresses.addSubnet("fe80::", 10, "ipv6");
forbiddenAddresses.addAddress("fd00:ec2::254", "ipv6"); // AWS
const forbiddenNames = new Set(["metadata.google.internal", "metadata.goog", "instance-data"]);

function isForbiddenHost(hostname: string): boolean {
  const host = withoutBrackets(hostname).toLowerCase().replace(/\.$/u, "");
  if (isIPv4(host)) return forbiddenAddresses.check(host, "ipv4");
  if (isIPv6(host)) return forbiddenAddresses.check(host, "ipv6");
  return forbiddenNames.has(host);
}

function withoutBrackets(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
