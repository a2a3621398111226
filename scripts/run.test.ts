import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makeCheckout, type Checkout, type Launched } from "./testing/checkout.ts";

let checkout: Checkout;
afterEach(() => checkout.remove());

describe("the launcher", () => {
  it.each([
    [["exit", "0"], 0],
    [["exit", "7"], 7],
    [["die", "SIGKILL"], 137],
  ])("ends as the command %j does, with %i", async (args, code) => {
    checkout = makeCheckout({ isInstalled: true });
    const launched = checkout.launch(["octavo", ...args]);
    expect(await launched.ended).toEqual({ code, signal: null });
    expect(launched.stdout()).toEqual([`runs ${args.join(" ")}`]);
  });

  it("refuses a command that it does not know", async () => {
    checkout = makeCheckout({ isInstalled: true });
    const launched = checkout.launch(["nonsense"]);
    expect(await launched.ended).toEqual({ code: 2, signal: null });
    expect(launched.stderr()).toContain('no command "nonsense"; there are: up, octavo, example, test');
  });

  it("passes SIGTERM on and waits for the server's end", async () => {
    checkout = makeCheckout({ isInstalled: true });
    const launched = await startServer(checkout.launch(["octavo", "gateway"]));
    launched.process.kill("SIGTERM");
    expect(await launched.ended).toEqual({ code: 0, signal: null });
    expect(launched.stdout()).toEqual(["runs gateway", "SIGTERM"]);
  });

  it("tells a server once of a Ctrl-C, which a terminal sends to everybody in the foreground", async () => {
    checkout = makeCheckout({ isInstalled: true });
    const launched = await startServer(checkout.launch(["octavo", "gateway"]));
    process.kill(-processId(launched), "SIGINT");
    await launched.says("SIGINT");
    launched.process.kill("SIGKILL");
    await launched.ended;
    expect(launched.stdout()).toEqual(["runs gateway", "SIGINT", "launcher gone"]);
  });
});

describe("npm run", () => {
  it("ends as the command does and adds nothing to its output", async () => {
    checkout = makeCheckout({ isInstalled: true });
    const launched = checkout.npmRun("octavo", "--", "exit", "7");
    expect(await launched.ended).toEqual({ code: 7, signal: null });
    expect(launched.stdout()).toEqual(["runs exit 7"]);
  });

  it.each(["SIGTERM", "SIGKILL"] as const)(
    "ended by %s does not leave the server running",
    async (signal) => {
      checkout = makeCheckout({ isInstalled: true });
      const launched = await startServer(checkout.npmRun("octavo", "--", "gateway"));
      launched.process.kill(signal);
      await launched.ended;
      expect(launched.stdout()).toEqual(["runs gateway", "SIGTERM"]);
    },
  );
});

describe("the first command in a checkout", () => {
  it("installs packages, and the next one does not", async () => {
    checkout = makeCheckout({ isInstalled: false });
    checkout.letNpmEnd(0);
    const first = checkout.launch(["octavo", "exit", "0"]);
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(first.stdout()).toEqual(["runs exit 0"]);
    expect(await checkout.launch(["octavo", "exit", "0"]).ended).toMatchObject({ code: 0 });
    expect(checkout.npmCalls()).toEqual([expect.stringMatching(/^ci --include=dev --include=optional /)]);
  });

  it("waits while another one installs", async () => {
    checkout = makeCheckout({ isInstalled: false });
    const first = checkout.launch(["octavo", "exit", "0"]);
    await first.says("installing packages, once");
    const second = checkout.launch(["octavo", "exit", "0"]);
    await second.says("another command is installing packages");
    checkout.letNpmEnd(0);
    expect(await Promise.all([first.ended, second.ended])).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(checkout.npmCalls().length).toBe(1);
  });

  it("takes over at once after a kill -9 of both the launcher and npm", async () => {
    checkout = makeCheckout({ isInstalled: false });
    const first = checkout.launch(["octavo", "exit", "0"]);
    await first.says("installing packages, once");
    await lockHolders(2);
    process.kill(-processId(first), "SIGKILL");
    await first.ended;
    checkout.letNpmEnd(0);
    const second = checkout.launch(["octavo", "exit", "0"]);
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(second.stderr()).not.toContain("waiting");
    expect(existsSync(join(checkout.root, ".cache", "install.lock"))).toBe(false);
  });

  it("waits for an npm that outlived its launcher", async () => {
    checkout = makeCheckout({ isInstalled: false });
    const first = checkout.launch(["octavo", "exit", "0"]);
    await first.says("installing packages, once");
    await lockHolders(2);
    first.process.kill("SIGKILL");
    const second = checkout.launch(["octavo", "exit", "0"]);
    await second.says("another command is installing packages");
    checkout.letNpmEnd(0);
    expect(await second.ended).toMatchObject({ code: 0 });
  });

  it("says that npm failed, ends with 1 and leaves no lock", async () => {
    checkout = makeCheckout({ isInstalled: false });
    checkout.letNpmEnd(3);
    const launched = checkout.launch(["octavo", "exit", "0"]);
    expect(await launched.ended).toMatchObject({ code: 1 });
    expect(launched.stderr()).toContain(
      "npm ci ended with exit code 3; mend what it says above and call again.",
    );
    expect(existsSync(join(checkout.root, ".cache", "install.lock"))).toBe(false);
  });

  it("gives npm a cache in the checkout when the user's cannot be written", async () => {
    checkout = makeCheckout({ isInstalled: false });
    checkout.letNpmEnd(0);
    const env = { npm_config_cache: join(checkout.root, "package.json", "cache") };
    await checkout.launch(["octavo", "exit", "0"], env).ended;
    expect(checkout.npmCalls()).toEqual([
      expect.stringContaining(` --cache=${join(checkout.root, ".cache", "npm")}`),
    ]);
  });
});

describe("packages installed by hand", () => {
  const ours = { version: "1.0.0", integrity: "sha512-ours" };
  const forUs = { ...ours, optional: true, os: [process.platform], cpu: [process.arch] };
  const forOthers = { ...ours, optional: true, os: ["aix"], cpu: ["ppc64"] };
  const needed = { "node_modules/a": ours, "node_modules/b": forUs, "node_modules/c": forOthers };

  it.each([
    ["fit when all that this system needs is there", { "node_modules/a": ours, "node_modules/b": forUs }, 0],
    ["do not fit without an optional one for this system", { "node_modules/a": ours }, 1],
    [
      "do not fit in another version",
      { "node_modules/a": { ...ours, version: "2.0.0" }, "node_modules/b": forUs },
      1,
    ],
    [
      "do not fit with other content",
      { "node_modules/a": { ...ours, integrity: "sha512-x" }, "node_modules/b": forUs },
      1,
    ],
  ])("%s", async (_, found, npmCalls) => {
    checkout = makeCheckout({ isInstalled: false });
    checkout.letNpmEnd(0);
    mkdirSync(join(checkout.root, "node_modules"));
    writeFileSync(
      join(checkout.root, "package-lock.json"),
      JSON.stringify({ packages: { "": {}, ...needed } }),
    );
    writeFileSync(
      join(checkout.root, "node_modules", ".package-lock.json"),
      JSON.stringify({ packages: found }),
    );
    expect(await checkout.launch(["octavo", "exit", "0"]).ended).toMatchObject({ code: 0 });
    expect(checkout.npmCalls().length).toBe(npmCalls);
  });
});

async function startServer(launched: Launched): Promise<Launched> {
  await launched.says("runs gateway");
  return launched;
}

function processId({ process }: Launched): number {
  if (process.pid === undefined) throw new Error("the launcher did not start");
  return process.pid;
}

/** Waits until the install lock names so many processes. */
async function lockHolders(count: number): Promise<void> {
  const lock = join(checkout.root, ".cache", "install.lock");
  await expect.poll(() => readFileSync(lock, "utf8").split("\n").length).toBe(count);
}
