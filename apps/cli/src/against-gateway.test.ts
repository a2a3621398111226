import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { spawnOctavo, temporaryFolder, type SpawnedOctavo } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { capturedRun } from "./captured-run.ts";

const sampleRelease = join(dirname(fileURLToPath(import.meta.url)), "..", "sample-release");
const descriptors = join(sampleRelease, "descriptors");
const token = "a-token-of-the-environment-long-enough";
const folder = temporaryFolder();
let database: FreshDatabase;
let gateway: SpawnedOctavo;

/** As an operator with the environment's token. */
const run = (line: string) => capturedRun(line, { OCTAVO_URL: gateway.url, OCTAVO_OPERATOR_TOKEN: token });
const runAs = (operatorToken: string, line: string) =>
  capturedRun(line, { OCTAVO_URL: gateway.url, OCTAVO_OPERATOR_TOKEN: operatorToken });

function file(name: string, content: unknown): string {
  const path = join(folder.path, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

beforeAll(async () => {
  database = await freshDatabase();
  gateway = await spawnOctavo(["gateway"], {
    DATABASE_URL: database.url,
    OCTAVO_HOST: "127.0.0.1",
    OCTAVO_DATA_DIR: join(folder.path, "data"),
    OCTAVO_KEY: randomBytes(32).toString("hex"),
    OCTAVO_OPERATOR_TOKEN: token,
    OCTAVO_DRAIN_DELAY_MS: "0",
  });
  await gateway.healthy();
});
afterAll(async () => {
  await gateway.stop();
  await database.drop();
  folder.remove();
});

describe("octavo gateway", () => {
  it("prints one line when it is ready", () => {
    expect(gateway.output.stdout).toBe(`ready at ${gateway.url}\n`);
  });
});

describe("octavo module import", () => {
  it("says in a dry run what is new, and changes nothing", async () => {
    const { exitCode, stdout } = await run(`module import ${descriptors} --dry-run`);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("  new  sample-labels-1.0.0\n");
    expect(stdout).toContain("\n4 new, 0 known, 0 different. Nothing was changed.\n");
    expect((await run("module list --filter sample")).stdout).toBe("No modules.\n");
  });

  it("imports a folder in one call, and finds it known the second time", async () => {
    expect(await run(`module import ${descriptors}`)).toEqual({
      exitCode: 0,
      stdout: "4 imported, 0 known before.\n",
      stderr: "",
    });
    expect((await run(`module import ${descriptors}`)).stdout).toBe("0 imported, 4 known before.\n");
    const { stdout } = await run(`module import ${descriptors} --json`);
    expect(JSON.parse(stdout)).toMatchObject({
      new: [],
      known: expect.arrayContaining(["sample-items-1.0.0"]),
    });
  });

  it("tells what differs, in a dry run and when it is refused", async () => {
    const changed = file("changed.json", { id: "sample-items-1.0.0", name: "Another name" });
    const dry = await run(`module import ${changed} --dry-run`);
    expect(dry.exitCode).toBe(1);
    expect(dry.stdout).toContain("  differs  sample-items-1.0.0\n");
    expect(dry.stderr).toContain("sample-items-1.0.0 is known with another content");
    const refused = await run(`module import ${changed}`);
    expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
    expect(refused.stderr).toContain("module sample-items-1.0.0 already exists");
  });

  it("imports nothing where a dependency is missing, unless told not to look", async () => {
    const lonely = file("lonely.json", {
      id: "sample-lonely-1.0.0",
      requires: [{ id: "nowhere", version: "1.0" }],
    });
    const refused = await run(`module import ${lonely}`);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("Missing dependency: sample-lonely-1.0.0 requires nowhere: 1.0");
    expect((await run("module list --filter sample-lonely")).stdout).toBe("No modules.\n");
    expect((await run(`module import ${lonely} --no-check`)).stdout).toBe("1 imported, 0 known before.\n");
  });

  it("lets the gateway see what JSON.parse would hide: a key twice", async () => {
    const twice = file("twice.json", '{"id": "sample-twice-1.0.0", "name": "a", "name": "b"}');
    const { exitCode, stderr } = await run(`module import ${twice}`);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("name");
  });
});

describe("octavo module", () => {
  it("list shows the columns that are asked for", async () => {
    const { stdout } = await run("module list --filter sample-loans --columns id,name,requires,routes");
    await expect(stdout).toMatchFileSnapshot("testdata/module-list.txt");
  });

  it.each([
    ["module list --filter sample-loans --latest 1", ["sample-loans-1.1.0"]],
    ["module list --provide sample-items", ["sample-items-1.0.0"]],
    [
      "module list --require sample-items",
      ["sample-labels-1.0.0", "sample-loans-1.0.0", "sample-loans-1.1.0"],
    ],
    ["module list --provide nothing-at-all", []],
  ])("%s --json", async (line, ids) => {
    const { stdout } = await run(`${line} --json`);
    // As the API promises: a list of modules.
    expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).toEqual(ids);
  });

  it("show summarises a descriptor, and prints it whole as JSON", async () => {
    const { stdout } = await run("module show sample-loans-1.1.0");
    await expect(stdout).toMatchFileSnapshot("testdata/module-show.txt");
    const whole = await run("module show sample-loans-1.1.0 --json");
    const sent: unknown = JSON.parse(readFileSync(join(descriptors, "sample-loans-1.1.0.json"), "utf8"));
    expect(JSON.parse(whole.stdout)).toEqual(sent);
  });

  it("show says where to look for an unknown one", async () => {
    expect(await run("module show sample-loans-9.9.9")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr:
        "octavo: no module sample-loans-9.9.9 is known\n        see: octavo module list --filter sample-loans\n",
    });
  });
});

describe("octavo tenant", () => {
  it("create makes one, once", async () => {
    expect((await run("tenant create north --dry-run")).stdout).toBe(
      "The id north is free. Nothing was changed.\n",
    );
    expect((await run("tenant create north --name North")).stdout).toBe("Tenant north created.\n");
    const again = await run("tenant create north");
    expect(again).toMatchObject({ exitCode: 1, stderr: "octavo: Duplicate tenant id north\n" });
    const dry = await run("tenant create north --dry-run");
    expect(dry).toMatchObject({ exitCode: 1, stderr: "octavo: there is a tenant north already\n" });
  });

  it("create passes on why an id is refused", async () => {
    const { exitCode, stderr } = await run("tenant create North");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("North");
  });

  it("list shows them", async () => {
    const { stdout } = await run("tenant list");
    expect(stdout).toMatch(/^ID +NAME +DESCRIPTION\nnorth +North\nsupertenant /u);
  });
});

describe("octavo plan", () => {
  it("install gives a reason for every step", async () => {
    const { stdout, exitCode } = await run("plan install north sample-loans-1.0.0");
    expect(exitCode).toBe(0);
    await expect(stdout).toMatchFileSnapshot("testdata/plan-install.txt");
  });

  it.each([
    [
      `--file ${join(sampleRelease, "install.json")}`,
      ["sample-items-1.0.0", "sample-labels-1.0.0", "sample-loans-1.1.0"],
    ],
    ["sample-items sample-labels", ["sample-items-1.0.0", "sample-labels-1.0.0"]],
  ])("install %s --json has the steps", async (words, ids) => {
    const { stdout } = await run(`plan install north ${words} --json`);
    // As the API promises.
    const { steps } = JSON.parse(stdout) as { steps: { id: string; explanation: string }[] };
    expect(steps.map(({ id }) => id).sort()).toEqual(ids);
    expect(steps.every(({ explanation }) => explanation !== "")).toBe(true);
  });

  it("install --all asks for the newest of everything, and says in a line what cannot be had", async () => {
    const { exitCode, stdout, stderr } = await run("plan install north --all");
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(
      /^octavo: no plan: .*nowhere.*\n {8}in Okapi's words: .*sample-lonely-1\.0\.0.*\n$/u,
    );
  });

  it.each([
    [
      "plan install north nonsense",
      /^octavo: no plan: .*nonsense.*\n {8}in Okapi's words: Module nonsense not found\n$/u,
    ],
    [
      "plan install nobody sample-items",
      /^octavo: there is no tenant nobody\n {8}see: octavo tenant list\n$/u,
    ],
    ["plan upgrade nobody", /^octavo: there is no tenant nobody\n/u],
    ["plan install north --file /does/not/exist", /^octavo: cannot read \/does\/not\/exist: not there\n$/u],
  ])("%s fails with the reason", async (line, reason) => {
    const { exitCode, stdout, stderr } = await run(line);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(reason);
  });

  it("upgrade of a tenant with nothing enabled has nothing to do", async () => {
    expect((await run("plan upgrade north")).stdout).toBe("Nothing to do for tenant north.\n");
  });
});

describe("octavo discovery", () => {
  it("registers an instance, once, and lists it", async () => {
    const line = "discovery register sample-items-1.0.0 http://10.0.0.7:8081";
    expect((await run(`${line} --dry-run`)).stdout).toContain("Nothing was changed.");
    expect((await run("discovery list")).stdout).toBe("No instances.\n");
    expect((await run(line)).stdout).toBe(
      "sample-items-1.0.0.10.0.0.7.8081 registered at http://10.0.0.7:8081.\n",
    );
    const again = await run(line);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain("Duplicate instId sample-items-1.0.0.10.0.0.7.8081");
    expect((await run("discovery list sample-items-1.0.0")).stdout).toMatch(
      /^MODULE +INSTANCE +URL +NODE\nsample-items-1\.0\.0 +\S+ +http:\/\/10\.0\.0\.7:8081\n$/u,
    );
  });

  it("notes that a module is not known, and registers it all the same", async () => {
    const { exitCode, stderr } = await run(
      "discovery register sample-later-1.0.0 http://10.0.0.8:80 --instance later",
    );
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: "octavo: note: no module sample-later-1.0.0 is known yet\n",
    });
    expect((await run("discovery list sample-later-1.0.0 --json")).stdout).toContain('"later"');
  });

  it("list says when a module has no instance", async () => {
    expect(await run("discovery list sample-none-1.0.0")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "octavo: sample-none-1.0.0 has no instance\n",
    });
  });
});

describe("octavo operator", () => {
  it("create prints a token that works within its role, until it is deleted", async () => {
    const created = await run("operator create reader --role viewer");
    const viewer = created.stdout.trim();
    expect(viewer).toMatch(/^oct_op_/u);
    const id = /has the id (\S+)\./u.exec(created.stderr)?.[1] ?? "";
    expect(await runAs(viewer, "tenant list")).toMatchObject({ exitCode: 0 });
    const refused = await runAs(viewer, "tenant create south");
    expect(refused).toMatchObject({ exitCode: 4, stdout: "" });
    expect(refused.stderr).toContain("octavo: not allowed: ");
    expect((await run("operator list")).stdout).toMatch(new RegExp(`^${id} +reader +viewer +20`, "mu"));
    expect((await run(`operator delete ${id} --dry-run`)).stdout).toBe(
      `${id} (reader, viewer) would be removed. Nothing was changed.\n`,
    );
    expect((await run(`operator delete ${id}`)).stdout).toBe(`Operator ${id} removed.\n`);
    expect(await runAs(viewer, "tenant list")).toMatchObject({ exitCode: 4 });
  });

  it("delete says when there is none", async () => {
    expect(await run("operator delete nobody")).toMatchObject({
      exitCode: 1,
      stderr: "octavo: there is no operator nobody\n        see: octavo operator list\n",
    });
  });
});

describe("octavo operator create --database-url", () => {
  const create = "operator create rescue --role viewer --database-url";

  it("makes an operator without asking the gateway, which then knows the token", async () => {
    const created = await capturedRun(`${create} ${database.url}`);
    expect(created).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^oct_op_[0-9a-f]+_\S+\n$/u),
    });
    expect(created.stderr).toContain("store it now");
    const newToken = created.stdout.trim();
    let listed = await runAs(newToken, "operator list");
    // It follows the database by itself; the test's own limit bounds the wait.
    while (listed.exitCode === 4) listed = await runAs(newToken, "operator list");
    expect(listed.stdout).toMatch(/^[0-9a-f]+ +rescue +viewer /mu);
  });

  it("prints what a gateway would answer with --json", async () => {
    const { stdout } = await capturedRun(`${create} ${database.url} --json`);
    // As it was printed a moment ago.
    const made = JSON.parse(stdout) as object;
    expect(Object.keys(made)).toEqual(["id", "name", "roles", "createdAt", "token"]);
  });

  it("ends with 3 where there is no database, and does not repeat the password", async () => {
    const url = `postgres://me:s3cret@127.0.0.1:${await closedPort()}/octavo`;
    const { exitCode, stdout, stderr } = await capturedRun(`${create} ${url}`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(stderr).toContain("ECONNREFUSED");
    expect(stderr).not.toContain("s3cret");
  });

  it("ends with 1 where the database holds no state", async () => {
    const empty = await freshDatabase();
    const { exitCode, stderr } = await capturedRun(`${create} ${empty.url}`);
    await empty.drop();
    expect(exitCode).toBe(1);
    expect(stderr).toContain("holds no state of Octavo: check the URL");
  });

  it("wants no gateway beside it", async () => {
    const { exitCode, stderr } = await run(`${create} ${database.url} --url ${gateway.url}`);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("leave out --url and --token-file");
  });
});

describe("a command without the right credential", () => {
  it("ends with 4 and says where it looked", async () => {
    const { exitCode, stderr } = await capturedRun("tenant list", {
      OCTAVO_URL: gateway.url,
      OCTAVO_DATA_DIR: "/does/not/exist",
    });
    expect(exitCode).toBe(4);
    expect(stderr).toBe(
      `octavo: ${gateway.url} wants an operator token, and none was found\n` +
        "        looked at:\n" +
        "          --token-file (not given)\n" +
        "          OCTAVO_OPERATOR_TOKEN (not set)\n" +
        "          OCTAVO_OPERATOR_TOKEN_FILE (not set)\n" +
        "          /does/not/exist/operator-token (not there)\n",
    );
  });

  it("ends with 4 and says which one was not accepted", async () => {
    const { exitCode, stderr } = await runAs(
      "oct_op_nobody_with-a-wrong-secret-of-some-length",
      "tenant list",
    );
    expect(exitCode).toBe(4);
    expect(stderr).toContain("does not accept the operator token");
    expect(stderr).toContain("it came from:\n          OCTAVO_OPERATOR_TOKEN\n");
  });
});

describe("a command that reaches no gateway", () => {
  it("ends with 3 and says how to start one", async () => {
    const { exitCode, stderr } = await capturedRun("tenant list", {
      OCTAVO_URL: `http://127.0.0.1:${await closedPort()}`,
    });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /^octavo: nothing answers at http:\/\/127\.0\.0\.1:\d+ \(.*\)\n {8}start it with: octavo up\n/u,
    );
  });

  it("ends with 3 where something else answers", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const { exitCode, stderr } = await capturedRun("tenant list", { OCTAVO_URL: `http://127.0.0.1:${port}` });
    server.close();
    expect(exitCode).toBe(3);
    expect(stderr).toContain("is no Octavo gateway");
  });
});

describe("octavo doctor", () => {
  it("finds a running gateway in order", async () => {
    mkdirSync(join(folder.path, "data"), { recursive: true });
    const env = {
      OCTAVO_URL: gateway.url,
      OCTAVO_OPERATOR_TOKEN: token,
      OCTAVO_DATA_DIR: join(folder.path, "data"),
    };
    const { exitCode, stdout } = await capturedRun("doctor", env);
    expect(stdout).toContain(`Gateway         ${gateway.url} is ready, at revision `);
    expect(exitCode).toBe(0);
  });

  it("looks at the database as a gateway would", async () => {
    const { exitCode, stdout } = await capturedRun("doctor", {
      OCTAVO_URL: gateway.url,
      OCTAVO_OPERATOR_TOKEN: token,
      OCTAVO_DATA_DIR: join(folder.path, "data"),
      OCTAVO_KEY: randomBytes(32).toString("hex"),
      DATABASE_URL: database.url,
    });
    expect(stdout).toMatch(/^ok +Database +PostgreSQL \d+\.\d+.*, database octavo_test_/mu);
    expect(stdout).toMatch(/^ok +Schema +octavo, version \d+$/mu);
    expect(stdout).toMatch(/^ok +Clock /mu);
    expect(stdout).toMatch(/^ok +Connections +\d+ of \d+ are free/mu);
    expect(exitCode).toBe(0);
  });

  it("says what to mend, and ends with 1", async () => {
    const { exitCode, stdout, stderr } = await capturedRun("doctor --json", {
      OCTAVO_URL: `http://127.0.0.1:${await closedPort()}`,
      OCTAVO_PORT: new URL(gateway.url).port,
      OCTAVO_MANAGEMENT_AUTH: "open",
      OCTAVO_MANAGMENT_AUTH: "closed",
      DATABASE_URL: `postgres://me:secret@127.0.0.1:${await closedPort()}/octavo`,
    });
    expect(exitCode).toBe(1);
    expect(stdout + stderr).not.toContain("secret");
    const findings: unknown = JSON.parse(stdout);
    expect(findings).toContainEqual({
      check: "Variables",
      verdict: "warn",
      says: "OCTAVO_MANAGMENT_AUTH is set, and nothing reads it",
      remedy: "did you mean OCTAVO_MANAGEMENT_AUTH?",
    });
    expect(findings).toContainEqual(expect.objectContaining({ check: "Port", verdict: "fail" }));
    expect(findings).toContainEqual(expect.objectContaining({ check: "Database", verdict: "fail" }));
  });

  it("reports every mistake of the environment", async () => {
    const { exitCode, stdout } = await capturedRun("doctor", {
      OCTAVO_LOG_LEVEL: "loud",
      OCTAVO_MANAGEMENT_AUTH: "maybe",
    });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^fail +Settings +OCTAVO_MANAGEMENT_AUTH must be/mu);
    expect(stdout).toMatch(/^fail +Settings +OCTAVO_LOG_LEVEL must be/mu);
  });
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
