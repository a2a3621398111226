import { describe, expect, it } from "vitest";
import { mayBeModule } from "./upstream-address.ts";

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
