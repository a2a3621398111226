import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { isOwnAddress } from "./own-address.ts";

const [machine = "127.0.0.1"] = Object.values(networkInterfaces())
  .flat()
  .flatMap((each) => (each === undefined || each.internal ? [] : [each.address]));

describe("a gateway that listens on", () => {
  it.each<[host: string, address: string, port: number, isOwn: boolean]>([
    ["0.0.0.0", "127.0.0.1", 9130, true],
    ["0.0.0.0", "127.0.1.1", 9130, true],
    ["0.0.0.0", "::1", 9130, true],
    ["0.0.0.0", machine, 9130, true],
    ["::", `::ffff:${machine}`, 9130, true],
    ["0.0.0.0", machine, 9131, false],
    ["0.0.0.0", "192.0.2.1", 9130, false],
    ["127.0.0.1", "127.0.0.1", 9130, true],
    ["127.0.0.1", "192.0.2.1", 9130, false],
    ["localhost", "::1", 9130, true],
    ["192.0.2.1", "192.0.2.1", 9130, true],
    ["192.0.2.1", "127.0.0.1", 9130, false],
  ])("%s knows whether %s port %i is itself", (host, address, port, isOwn) => {
    expect(isOwnAddress({ host, port: 9130 }, address, port)).toBe(isOwn);
  });
});
