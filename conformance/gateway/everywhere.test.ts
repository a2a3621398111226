import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { spawnOctavo, type SpawnedOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const token = "x".repeat(40);
const folder = temporaryFolder();
let database: FreshDatabase;
let one: SpawnedOctavo;
let two: SpawnedOctavo;

async function call(
  at: SpawnedOctavo,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
) {
  const response = await fetch(at.url + path, {
    method,
    headers: { "X-Okapi-Token": token, ...headers },
    ...(body !== undefined && { body }),
  });
  const header = (name: string) => response.headers.get(name);
  return {
    status: response.status,
    text: await response.text(),
    applied: header("X-Octavo-Applied"),
    missing: header("X-Octavo-Missing"),
    revision: Number(header("X-Octavo-Revision")),
    retryAfter: header("Retry-After"),
  };
}

let made = 0;
const makeTenant = (query = "") =>
  call(one, "POST", `/_/proxy/tenants${query}`, {}, JSON.stringify({ id: `t${(made += 1)}` }));

/** Stopped for `while`; other processes see its heartbeat until it is too old. */
async function frozen<T>(octavo: SpawnedOctavo, meanwhile: () => Promise<T>): Promise<T> {
  process.kill(octavo.pid, "SIGSTOP");
  try {
    return await meanwhile();
  } finally {
    process.kill(octavo.pid, "SIGCONT");
  }
}

/** What `write` answers while an instance that counts as live does not come along: a heartbeat that was old already when it
 * stopped runs out within the wait, and then nobody is missing. */
async function answerWithoutTwo(write: () => ReturnType<typeof makeTenant>) {
  for (let round = 0; round < 20; round += 1) {
    const answer = await frozen(two, write);
    await expect.poll(() => makeTenant().then(({ applied }) => applied), { timeout: 20_000 }).toBe("2/2");
    if (answer.applied !== "1/1") return answer;
  }
  throw new Error("its heartbeat ran out each time");
}

beforeAll(async () => {
  database = await freshDatabase();
  const env = {
    DATABASE_URL: database.url,
    OCTAVO_KEY: "00".repeat(32),
    OCTAVO_OPERATOR_TOKEN: token,
    OCTAVO_DRAIN_DELAY_MS: "0",
  };
  [one, two] = (await Promise.all(
    ["one", "two"].map((name) =>
      spawnOctavo(["gateway"], {
        ...env,
        OCTAVO_HOST: "127.0.0.1",
        OCTAVO_DATA_DIR: `${folder.path}/${name}`,
      }),
    ),
  )) as [SpawnedOctavo, SpawnedOctavo]; // as: two names, two gateways
  await Promise.all([one.healthy(), two.healthy()]);
}, 60_000);
afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  await database.drop();
  folder.remove();
});

describe("the answer to a write", () => {
  it("comes when every instance has it, and says so", async () => {
    for (let n = 0; n < 10; n += 1) {
      const written = await makeTenant();
      expect(written).toMatchObject({ status: 201, applied: "2/2", missing: null });
      const seen = await call(two, "GET", `/_/proxy/tenants/t${made}`);
      expect(seen.status).toBe(200);
    }
  });

  it("does not wait with wait=none, and is refused where wait is something else", async () => {
    expect(await makeTenant("?wait=none")).toMatchObject({ status: 201, applied: null });
    expect(await makeTenant("?wait=long")).toMatchObject({
      status: 400,
      text: expect.stringContaining("wait"),
    });
    expect((await call(one, "GET", `/_/proxy/tenants/t${made}`)).status).toBe(404);
  });

  it(
    "names who has not come along; with wait=all that is 504, and written all the same",
    { timeout: 120_000 },
    async () => {
      const written = await answerWithoutTwo(() => makeTenant());
      expect(written).toMatchObject({ status: 201, applied: "1/2", missing: two.url });
      const refused = await answerWithoutTwo(() => makeTenant("?wait=all"));
      expect(refused).toMatchObject({ status: 504, applied: "1/2", text: expect.stringContaining(two.url) });
      expect(refused.text).toMatch(/^Revision \d+ is written/u);
    },
  );
});

describe("an instance that has stood still", () => {
  it("catches up before it answers", { timeout: 60_000 }, async () => {
    for (let round = 0; round < 3; round += 1) {
      const asked: Promise<{ readonly status: number }>[] = [];
      await frozen(two, async () => {
        await makeTenant(); // held for two seconds, so that it has stood still for longer than one
        // It waits in the kernel until the process goes on.
        asked.push(call(two, "GET", `/_/proxy/tenants/t${made}`));
      });
      expect(await Promise.all(asked)).toMatchObject([{ status: 200 }]);
      await expect.poll(() => makeTenant().then(({ applied }) => applied), { timeout: 20_000 }).toBe("2/2");
    }
  });
});

describe("a request that names a revision", () => {
  it("is answered from that or a later one, at any instance", async () => {
    for (let n = 0; n < 10; n += 1) {
      const { revision } = await makeTenant("?wait=none");
      expect(revision).toBeGreaterThan(0);
      const seen = await call(two, "GET", `/_/proxy/tenants/t${made}`, {
        "X-Octavo-Revision": String(revision),
      });
      expect(seen.status).toBe(200);
    }
  });

  it("is told to try again where there is no such revision yet", async () => {
    const ahead = { "X-Octavo-Revision": "999999999" };
    expect(await call(two, "GET", "/_/proxy/tenants", ahead)).toMatchObject({
      status: 503,
      retryAfter: "1",
      text: expect.stringContaining("999999999"),
    });
    expect((await call(two, "GET", "/some/module", ahead)).status).toBe(503);
  });

  it.each(["later", "-1", "1, 2", "1e3"])("is refused where that is no number: %s", async (value) => {
    expect((await call(two, "GET", "/_/proxy/tenants", { "X-Octavo-Revision": value })).status).toBe(400);
  });
});
