import { describe, expect, it } from "vitest";
import { checkOutgoingUrl, checkResolvedUrl } from "./outgoing-url.ts";

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

  it("passes when its name cannot be looked up, so that the call says what is wrong", async () => {
    expect((await checkResolvedUrl("http://nowhere.invalid:8081")).ok).toBe(true);
  });
});
