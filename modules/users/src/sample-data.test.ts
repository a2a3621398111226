import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeWithFolio } from "@octavo/testing/describe-with-folio";
import { folioData } from "@octavo/testing/folio-data";
import { moduleOfTenant } from "@octavo/testing/module-of-tenant";
import { expect, it } from "vitest";
import { users } from "./index.ts";

interface SampleRecord {
  readonly id: string;
  readonly patronGroup?: string;
}

/** Records that mod-users brings, in the order of their files. */
function recordsIn(...folders: readonly string[]): readonly SampleRecord[] {
  return folders.flatMap((folder) => {
    const path = join(folioData, "sample-data", "mod-users", folder);
    return readdirSync(path)
      .toSorted()
      .map((file) => JSON.parse(readFileSync(join(path, file), "utf8")) as SampleRecord); // as: FOLIO's
  });
}

describeWithFolio("what mod-users ships", () => {
  it("is there with loadReference, and its users come through the API", { timeout: 120_000 }, async () => {
    const running = await moduleOfTenant(users);
    const ask = (request: string, body?: unknown) => running.ask(request, body);
    for (const [path, folder] of [
      ["groups", "ref-data/groups-17.3.0"],
      ["addresstypes", "ref-data/addresstypes-15.4.0"],
    ] as const) {
      for (const record of recordsIn(folder))
        expect((await ask(`GET /${path}/${record.id}`)).body).toMatchObject(record);
    }
    const people = recordsIn("sample-data/users-15.4.0", "sample-data/users-17.3.0");
    expect(people.length).toBeGreaterThan(200);
    const statuses = new Map<string, number>();
    for (const person of people) statuses.set(person.id, (await ask("POST /users", person)).status);
    expect([...statuses].filter(([, status]) => status !== 201)).toEqual([]);
    expect((await ask("GET /users?limit=0")).body).toMatchObject({ totalRecords: people.length });
    for (const group of recordsIn("ref-data/groups-17.3.0")) {
      const { body } = await ask(`GET /users?limit=0&query=patronGroup==${group.id}`);
      expect(body).toMatchObject({
        totalRecords: people.filter(({ patronGroup }) => patronGroup === group.id).length,
      });
    }
    // Each comes back as it was sent, but for the form of dates, and can be written again.
    for (const person of people.slice(0, 20)) {
      const { body } = await ask(`GET /users/${person.id}`);
      expect(Object.keys(body as object)).toEqual(expect.arrayContaining(Object.keys(person)));
      expect((await ask(`PUT /users/${person.id}`, body)).status).toBe(204);
    }
    await running.close();
  });
});

it("nothing is there without being asked for; with loadSample some people are, each in a group", async () => {
  const bare = await moduleOfTenant(users, {});
  expect((await bare.ask("GET /groups")).body).toMatchObject({ totalRecords: 0 });
  expect((await bare.ask("GET /users")).body).toMatchObject({ totalRecords: 0 });
  await bare.close();
  const sample = await moduleOfTenant(users, { loadReference: "true", loadSample: "true" });
  expect((await sample.ask("GET /users")).body).toMatchObject({ totalRecords: 4 });
  expect((await sample.ask("GET /users?query=patronGroup.group==faculty")).body).toMatchObject({
    users: [{ username: "marit", metadata: {} }],
  });
  await sample.close();
});
