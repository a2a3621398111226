import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Certificate, makeAuthority } from "@octavo/testing/certificates";
import { type RunningModule, startHttpModule } from "@octavo/testing/okapi-modules/http-module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call } from "../proxy/call.ts";
import { handling } from "../proxy/descriptors.ts";
import { type Platform, startPlatform } from "../proxy/platform.ts";

/** Modules whose URL in discovery begins with https, and an authority that the gateway was told of by NODE_EXTRA_CA_CERTS. */

const known = makeAuthority("A library's own authority");
const unknown = makeAuthority("Somebody's authority");
const here = { names: ["localhost"], addresses: ["127.0.0.1"] };
const DAY_MS = 24 * 60 * 60 * 1000;
const daysFromNow = (days: number) => new Date(Date.now() + days * DAY_MS);
const good = known.issue(here);

const folder = mkdtempSync(join(tmpdir(), "octavo-test-authority-"));
let platform: Platform;
const servers: { close(): void }[] = [];
let plain: RunningModule;
let connections = 0;

async function serve(
  { certificate, key }: Certificate,
  host: string,
  more: ServerOptions = {},
): Promise<string> {
  const server = createServer({ cert: certificate, key, ...more }, (_request, response) =>
    response.end("secure"),
  );
  server.on("secureConnection", () => (connections += 1));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `https://${host}:${(server.address() as AddressInfo).port}`; // it listens on host and port
}

beforeAll(async () => {
  const file = join(folder, "authority.pem");
  writeFileSync(file, known.certificate);
  plain = await startHttpModule((_request, response) => void response.end("plain"));
  platform = await startPlatform(1, { NODE_EXTRA_CA_CERTS: file });
  const urls: Readonly<Record<string, string>> = {
    name: await serve(good, "localhost"),
    address: await serve(good, "127.0.0.1"),
    expired: await serve(
      known.issue({ ...here, validFrom: daysFromNow(-9), validTo: daysFromNow(-1) }),
      "localhost",
    ),
    early: await serve(
      known.issue({ ...here, validFrom: daysFromNow(1), validTo: daysFromNow(9) }),
      "localhost",
    ),
    otherhost: await serve(known.issue({ names: ["other.example"] }), "localhost"),
    otheraddress: await serve(known.issue({ addresses: ["192.0.2.1"] }), "127.0.0.1"),
    stranger: await serve(unknown.issue(here), "localhost"),
    selfsigned: await serve(unknown, "localhost"),
    nottls: plain.url.replace("http:", "https:"),
    oldtls: await serve(good, "localhost", {
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    }),
  };
  const modules = Object.entries(urls).map(([name, url]) => ({
    descriptor: handling(`${name}-1.0.0`, [{ pathPattern: `/${name}` }]),
    url,
  }));
  await platform.tenant("secure", modules);
});
afterAll(async () => {
  await platform.close();
  for (const server of servers) server.close();
  await plain.close();
  rmSync(folder, { recursive: true });
});

const ask = (name: string) =>
  call(platform.urls[0] ?? "", { path: `/${name}`, headers: { "X-Okapi-Tenant": "secure" } });

describe("a module behind https", () => {
  it.each(["name", "address"])("is reached by its %s, and its connection is used again", async (name) => {
    connections = 0;
    for (let round = 0; round < 3; round += 1) {
      expect(await ask(name)).toMatchObject({ status: 200, text: "secure" });
    }
    expect(connections).toBe(1);
  });

  it.each([
    ["expired", "its certificate has expired"],
    ["early", "its certificate is not valid yet"],
    ["otherhost", "its certificate is for another host than its URL"],
    ["otheraddress", "its certificate is for another host than its URL"],
    ["stranger", "name the authority in NODE_EXTRA_CA_CERTS"],
    ["selfsigned", "name the authority in NODE_EXTRA_CA_CERTS"],
    ["nottls", "it does not speak TLS there"],
    ["oldtls", "it has no version of TLS that is safe"],
  ])("that is %s gets no request, and the client hears why: %s", async (name, because) => {
    connections = 0;
    const { status, text } = await ask(name);
    expect(status).toBe(502);
    expect(text).toMatch(
      new RegExp(`^proxyClient failure: ${name}-1\\.0\\.0: no secure connection to the module \\(`),
    );
    expect(text).toContain(because);
    expect(text).toContain("The request can be sent again");
    expect(text).not.toMatch(/localhost|127\.0\.0\.1/);
    expect(platform.processes[0]?.output.stderr).toContain(`${name}-1.0.0`);
  });
});
