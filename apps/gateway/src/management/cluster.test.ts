import { type FreshDatabase, freshDatabase } from "@octavo/testing/fresh-database";
import { query } from "@octavo/testing/query";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatewayInTest, type GatewayInTest } from "../testing/gateway-in-test.ts";

let database: FreshDatabase;
let running: GatewayInTest;

beforeAll(async () => {
  database = await freshDatabase();
  running = await gatewayInTest({ DATABASE_URL: database.url, OCTAVO_MANAGEMENT_AUTH: "open" });
});
afterAll(async () => {
  await running.gateway.close();
  await database.drop();
});

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${running.gateway.url}${path}`, init);
const post = (path: string, body?: unknown): Promise<Response> =>
  call(path, { method: "POST", ...(body !== undefined && { body: JSON.stringify(body) }) });

async function revisionOf(answer: Response): Promise<number> {
  await answer.arrayBuffer();
  return Number(answer.headers.get("X-Octavo-Revision"));
}

describe("the cluster", () => {
  it("shows its gateways, what they share, and nothing to look at where all is well", async () => {
    const answer = await call("/_/octavo/cluster");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      protocol: { active: 1, newest: 1 },
      instances: [{ url: running.gateway.url, protocol: { min: 1, max: 1 }, lag: 0 }],
      openJobs: [],
      database: { standby: false, server: expect.stringMatching(/^\d+\/\d+$/) },
      warnings: [],
    });
  });

  it("shows leases that were given back", async () => {
    await query(
      database.url,
      "insert into octavo.lease values ('jobs/north', gen_random_uuid(), 3, '-infinity')",
    );
    const answer = await call("/_/octavo/cluster");
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      {
        leases: expect.arrayContaining([
          expect.objectContaining({ name: "jobs/north", epoch: 3, expiresInSeconds: -86_400 }),
        ]),
      },
    ]);
  });

  it("is finalized at once where every gateway is of one version, and audited", async () => {
    const answer = await post("/_/octavo/cluster/finalize");
    expect([answer.status, await answer.json()]).toEqual([200, { before: 1, active: 1 }]);
    const audit = await call("/_/octavo/audit?action=cluster.finalize");
    expect(await audit.json()).toMatchObject({ entries: [{ target: "protocol 1", outcome: "unchanged" }] });
  });

  it("has lost nothing, and knows no loss of another id", async () => {
    expect(await (await call("/_/octavo/rewinds")).json()).toEqual([]);
    expect((await post("/_/octavo/rewinds/none/acknowledge")).status).toBe(404);
    expect((await post("/_/octavo/rewinds/none/propose")).status).toBe(404);
  });
});

describe("the events", () => {
  it("tell each change by its revision, also those of before a resume, and no secret", async () => {
    const before = await revisionOf(await post("/_/proxy/tenants", { id: "first" }));
    await revisionOf(await post("/_/env", { name: "PASSWORD", value: "swordfish" }));
    const end = new AbortController();
    const answer = await call("/_/octavo/events", {
      headers: { "Last-Event-ID": String(before - 1) },
      signal: end.signal,
    });
    expect(answer.headers.get("Content-Type")).toBe("text/event-stream");
    const events = eventsOf(answer);
    expect(await events.next()).toMatchObject({
      value: {
        revision: before,
        action: "tenants.create",
        changes: [{ kind: "tenant.put", of: ["tenant first"] }],
      },
    });
    const second = await events.next();
    expect(second).toMatchObject({
      value: { revision: before + 1, changes: [{ of: ["variable PASSWORD"] }] },
    });
    expect(JSON.stringify(second)).not.toContain("swordfish");
    const third = events.next();
    const after = await revisionOf(await post("/_/proxy/tenants", { id: "second" }));
    expect(await third).toMatchObject({ value: { revision: after } });
    end.abort();
  });

  it("say where the log was cut off after the client's place, and go on from now", async () => {
    const revision = await revisionOf(await post("/_/proxy/tenants", { id: "third" }));
    await query(
      database.url,
      `update octavo.change_cut set revision = c.revision, hash = c.hash from octavo.change c
         where c.revision = ${revision - 1};
       delete from octavo.change where revision < ${revision}`,
    );
    const end = new AbortController();
    const answer = await call("/_/octavo/events", {
      headers: { "Last-Event-ID": "0" },
      signal: end.signal,
    });
    const events = eventsOf(answer);
    expect(await events.next()).toMatchObject({ value: { after: 0, revision } });
    const next = events.next();
    await post("/_/proxy/tenants", { id: "fourth" });
    expect(await next).toMatchObject({ value: { revision: revision + 1 } });
    end.abort();
    const status = await (await call("/_/octavo/cluster")).json();
    expect(status).toMatchObject({ changeLog: { cutUntil: revision - 1, rows: 2 }, warnings: [] });
  });

  it("say that what the client was told of is no more, with the id to go on from", async () => {
    const revision = await revisionOf(await post("/_/proxy/tenants", { id: "fifth" }));
    const from = async (id: string): Promise<string> =>
      (await call("/_/octavo/events", { headers: { "Last-Event-ID": id } })).text();
    const told = await from(`${revision}.0123456789ab`);
    expect(told).toMatch(new RegExp(String.raw`^id: ${revision}\.[0-9a-f]{12}\nevent: rewound\n`, "u"));
  });

  it.each([
    ["that never was", "999999", 410],
    ["that is no number", "x", 400],
  ])("are refused from a revision %s", async (_what, id, status) => {
    expect((await call("/_/octavo/events", { headers: { "Last-Event-ID": id } })).status).toBe(status);
  });
});

async function* eventsOf(answer: Response): AsyncGenerator {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) yield JSON.parse(/^data: (.*)$/m.exec(part)?.[1] ?? "null");
  }
}
