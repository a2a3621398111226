import { BlockList, isIP } from "node:net";

/** Addresses where no module can be: "this host", link-local with the metadata services of clouds, multicast, broadcast
 * (reliability 6, row 15). Everything else is the operator's to say, by an own function of this shape. */
const never = new BlockList();
never.addSubnet("0.0.0.0", 8, "ipv4");
never.addSubnet("169.254.0.0", 16, "ipv4");
never.addAddress("192.0.0.192", "ipv4"); // Oracle Cloud
never.addSubnet("64:ff9b::a9fe:0", 112, "ipv6"); // link-local IPv4 behind NAT64
never.addSubnet("2002:a9fe::", 32, "ipv6"); // behind 6to4
never.addSubnet("::", 96, "ipv6"); // "this host", and IPv4 as it was once written in IPv6
never.addSubnet("fe80::", 10, "ipv6");
never.addAddress("fd00:ec2::254", "ipv6"); // AWS
never.addAddress("100.100.100.200", "ipv4"); // Alibaba Cloud
never.addSubnet("224.0.0.0", 4, "ipv4");
never.addSubnet("ff00::", 8, "ipv6");
never.addAddress("255.255.255.255", "ipv4");

/** @param address an IP address, as resolved; IPv4 within IPv6 is looked through */
export function mayBeModule(address: string): boolean {
  if (address === "::1") return true; // within ::/96
  const version = isIP(address);
  return version !== 0 && !never.check(address, version === 4 ? "ipv4" : "ipv6");
}

/** Where modules may be, as an operator lists it: addresses and networks, "10.0.0.0/8", "fd00::/8", "192.168.1.7".
 * @returns null where one of them is none of these */
export function addressesWithin(networks: readonly string[]): ((address: string) => boolean) | null {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits = null, ...more] = network.split("/");
    const version = isIP(address);
    const most = version === 4 ? 32 : 128;
    const prefix = bits === null ? most : /^[0-9]{1,3}$/.test(bits) ? Number(bits) : -1;
    if (version === 0 || more.length > 0 || prefix < 0 || prefix > most) return null;
    list.addSubnet(address, prefix, version === 4 ? "ipv4" : "ipv6");
  }
  return (address) => list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6") && mayBeModule(address);
}
