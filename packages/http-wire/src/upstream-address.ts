import { BlockList, isIP } from "node:net";

/** Addresses where no module can be: link-local with the metadata services of clouds, multicast, broadcast (reliability 6,
 * row 15). Everything else is the operator's to say, by an own function of this shape. */
const never = new BlockList();
never.addSubnet("169.254.0.0", 16, "ipv4");
never.addSubnet("fe80::", 10, "ipv6");
never.addAddress("fd00:ec2::254", "ipv6");
never.addAddress("100.100.100.200", "ipv4");
never.addSubnet("224.0.0.0", 4, "ipv4");
never.addSubnet("ff00::", 8, "ipv6");
never.addAddress("255.255.255.255", "ipv4");

/** @param address an IP address, as resolved; IPv4 within IPv6 is looked through */
export function mayBeModule(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && !never.check(address, version === 4 ? "ipv4" : "ipv6");
}
