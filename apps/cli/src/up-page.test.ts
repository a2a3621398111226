import { describe, expect, it } from "vitest";
import { plainPaint } from "./terminal.ts";
import { upPage, type RunningPlatform } from "./up-page.ts";

const platform: RunningPlatform = {
  version: "0.1.0",
  url: "http://127.0.0.1:9130",
  tenantId: "demo",
  knownModules: 142,
  release: "FOLIO release A",
  installFile: "../shared/folio/release-a/install.json",
  embeddedIn: ".octavo",
  credential: { kind: "file", path: ".octavo/operator-token" },
  invocation: "npm run --silent octavo --",
  extraOptions: [],
  ownModules: ["octavo-tags-1.0.0"],
  signIn: { username: "admin", password: { kind: "made", text: "not-a-Secret1" } },
  example: {
    moduleId: "example-reading-list-1.0.0",
    url: "http://127.0.0.1:40081",
    path: "/reading-lists",
  },
};

describe("the page of octavo up", () => {
  it("says where everything is and what to try next", async () => {
    await expect(`${upPage(platform, plainPaint)}\n`).toMatchFileSnapshot("testdata/up.txt");
  });

  it("tells the options that another terminal needs, and nothing of trial with a database of your own", async () => {
    const elsewhere: RunningPlatform = {
      ...platform,
      url: "http://127.0.0.1:9200",
      embeddedIn: null,
      credential: { kind: "environment" },
      example: null,
      ownModules: [],
      signIn: null,
      extraOptions: ["--url", "http://127.0.0.1:9200"],
    };
    await expect(`${upPage(elsewhere, plainPaint)}\n`).toMatchFileSnapshot("testdata/up-elsewhere.txt");
  });

  it("quotes what a shell would take apart", () => {
    const page = upPage(
      {
        ...platform,
        installFile: "my files/install.json",
        extraOptions: ["--token-file", "it's/operator-token"],
      },
      plainPaint,
    );
    expect(page).toContain(
      String.raw`plan install demo --file 'my files/install.json' --token-file 'it'\''s/operator-token'`,
    );
  });

  it.each([
    [{ kind: "given" }, "as admin, with the password of OCTAVO_ADMIN_PASSWORD"],
    [{ kind: "kept" }, "as admin, with the password of before"],
  ] as const)("shows a password only when it was made: %o", (password, line) => {
    const page = upPage({ ...platform, signIn: { username: "admin", password } }, plainPaint);
    expect(page).toContain(`  Sign in   ${line}\n`);
  });

  it.each([
    ["open", "none needed: OCTAVO_MANAGEMENT_AUTH=open, on this machine only"],
    ["shown-once", "token shown above, this once: set OCTAVO_OPERATOR_TOKEN to it"],
    ["none", "there are some already: set OCTAVO_OPERATOR_TOKEN to a token of one of them"],
  ] as const)("says how one becomes an operator: %s", (kind, line) => {
    expect(upPage({ ...platform, credential: { kind } }, plainPaint)).toContain(`  Operator  ${line}\n`);
  });
});
