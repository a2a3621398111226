import { describe, expect, it } from "vitest";
import { addressesWithin, mayBeModule } from "./upstream-address.ts";

const allowed = [
  "127.0.0.1",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "100.64.0.1",
  "93.184.216.34",
  "169.253.255.255",
  "169.255.0.0",
  "::1",
  "fd00::1",
  "2001:db8::1",
  "::ffff:10.1.2.3",
  "64:ff9b::a01:203",
];

const forbidden = [
  "169.254.169.254",
  "169.254.0.0",
  "169.254.255.255",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "0:0:0:0:0:ffff:a9fe:a9fe",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b::169.254.169.254",
  "2002:a9fe:a9fe::",
  "::169.254.169.254",
  "0.0.0.0",
  "0.1.2.3",
  "::",
  "::ffff:0.0.0.0",
  "100.100.100.200",
  "192.0.0.192",
  "fe80::1",
  "febf:ffff::1",
  "fd00:ec2::254",
  "224.0.0.1",
  "239.255.255.255",
  "ff02::1",
  "255.255.255.255",
  "no address",
  "",
];

describe("an address", () => {
  it.each(allowed)("may be a module's: %s", (address) => {
    expect(mayBeModule(address)).toBe(true);
  });

  it.each(forbidden)("may not be a module's: %j", (address) => {
    expect(mayBeModule(address)).toBe(false);
  });
});

describe("networks that an operator lists", () => {
  const within = addressesWithin(["10.0.0.0/8", "fd00::/8", "192.168.1.7", "169.254.0.0/16"]);

  it.each([
    ["10.255.0.1", true],
    ["::ffff:10.0.0.1", true],
    ["192.168.1.7", true],
    ["fd12::1", true],
    ["11.0.0.1", false],
    ["192.168.1.8", false],
    ["127.0.0.1", false],
    ["2001:db8::1", false],
    // Whatever is listed: there no module can be.
    ["169.254.169.254", false],
    ["fd00:ec2::254", false],
  ])("%s is within: %s", (address, isWithin) => {
    expect(within?.(address)).toBe(isWithin);
  });

  it.each(["", "10.0.0.0/33", "10.0.0.0/-1", "fd00::/129", "10.0.0.0/8/8", "modules", "10.0.0", "10.0.0.0/"])(
    "%j is none",
    (network) => expect(addressesWithin([network])).toBeNull(),
  );
});
