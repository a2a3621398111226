import { describe, expect, it } from "vitest";
import { checkModuleUrl, checkOutgoingUrl } from "./outgoing-url.ts";

const allowed = [
  "http://localhost:8081",
  "https://modules.example.org/users",
  "http://127.0.0.1:9",
  "http://10.1.2.3:8081/",
  "http://192.168.1.1",
  "http://[::1]:8081",
  "http://[fd00::1]:8081",
  "http://mod-users.folio.svc.cluster.local",
];

const forbidden = [
  "http://169.254.169.254/latest/meta-data",
  "http://169.254.0.1:80",
  "http://2852039166/",
  "http://0xA9FEA9FE/",
  "http://0251.0376.0251.0376/",
  "http://169.254.43518/",
  "http://[::ffff:169.254.169.254]/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[fe80::1]/",
  "http://[febf::1]:8081",
  "http://[fd00:ec2::254]/",
  "http://metadata.google.internal/computeMetadata",
  "http://METADATA.google.internal./",
  "http://0.0.0.0:8081",
];

const malformed: readonly (readonly [string, string])[] = [
  ["localhost", "Not a URL"],
  ["", "Not a URL"],
  ["localhost:8081", "must begin with http:// or https://"],
  ["file:///etc/passwd", "must begin with http:// or https://"],
  ["ftp://example.org", "must begin with http:// or https://"],
  ["javascript:alert(1)", "must begin with http:// or https://"],
  ["http://user:secret@example.org", "must not hold a user name or password"],
];

describe("a URL that the platform calls", () => {
  it.each(allowed)("may be %s", (url) => {
    expect(checkOutgoingUrl(url)).toMatchObject({ ok: true });
  });

  it.each(forbidden)("may not be %s", (url) => {
    expect(checkOutgoingUrl(url)).toEqual({
      ok: false,
      error: `URL must not point to a link-local or metadata address: ${url}`,
    });
  });

  it.each(malformed)("may not be %j: %s", (url, why) => {
    const checked = checkOutgoingUrl(url);
    expect(checked.ok ? "" : checked.error).toContain(why);
  });

  it("never has its password repeated", () => {
    const checked = checkOutgoingUrl("http://user:secret@example.org");
    expect(JSON.stringify(checked)).not.toContain("secret");
  });
});

const gateways = ["http://okapi.example:9130", "http://127.0.0.1:9131", "https://octavo.example"];

describe("the URL of a module", () => {
  it.each([
    "http://okapi.example:9130",
    "http://OKAPI.example:9130/",
    "http://okapi.example.:9130/_/proxy",
    "https://okapi.example:9130",
    "http://localhost:9131",
    "http://[::1]:9131",
    "http://127.0.0.2:9131",
    "http://2130706433:9131",
    "http://0x7f000001:9131",
    "http://[::ffff:127.0.0.1]:9131",
    "https://octavo.example",
    "https://octavo.example:443/x",
  ])("is not a gateway's: %s", (url) => {
    expect(checkModuleUrl(url, gateways, null)).toEqual({
      ok: false,
      error: `URL must be a module's, not a gateway's own: ${url}`,
    });
  });

  it.each([
    "http://okapi.example:8081",
    "http://mod.example:9130",
    "http://127.0.0.1:9130",
    "http://octavo.example",
  ])("may be at another port or host: %s", (url) => {
    expect(checkModuleUrl(url, gateways, null).ok).toBe(true);
  });

  it("is checked as every URL that the platform calls", () => {
    expect(checkModuleUrl("http://169.254.169.254/", gateways, null).ok).toBe(false);
  });

  it.each([
    ["http://10.1.2.3:8081", true],
    ["http://[::ffff:10.1.2.3]:8081", true],
    ["http://modules.internal", true], // looked at when it is connected to
    ["http://11.1.2.3", false],
    ["http://0x0b010203", false],
  ])("is within the networks that are listed: %s %s", (url, isWithin) => {
    expect(checkModuleUrl(url, [], ["10.0.0.0/8"]).ok).toBe(isWithin);
  });
});
