import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Fleet, type Instance } from "@octavo/module-testing";
import { freshDatabase, type FreshDatabase } from "@octavo/testing/fresh-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiAt } from "../gateway/http.ts";
import { type Platform, startPlatform } from "../proxy/platform.ts";

/** Mixed requests through a real gateway, while the module's instances are killed one after the other and replaced. What was acknowledged is there;
 * what has a key is there once, however often its client had to ask. */

const isFull = process.env["OCTAVO_SOAK"] !== undefined;
const REQUESTS = isFull ? 10_200 : 1_800;
/** However fast the machine is: requests go on until there were so many. */
const LEAST_KILLS = isFull ? 15 : 4;
const CLIENTS = 8;
const BETWEEN_KILLS_MS = 300;
/** How long a client with a key goes on asking. */
const PATIENCE_MS = 60_000;

let database: FreshDatabase;
let fleet: Fleet;
let platform: Platform;
let tenantId = "";

beforeAll(async () => {
  database = await freshDatabase();
  platform = await startPlatform(1);
  fleet = await Fleet.start({
    file: new URL("one-module.ts", import.meta.url),
    databaseUrl: database.url,
    env: { OCTAVO_TRUST: "network" },
  });
  tenantId = await fleet.newTenant();
  const urls = fleet.instances.map(({ modules }) => modules[0]?.url ?? "");
  const descriptor = fleet.instances[0]?.modules[0]?.descriptor;
  if (descriptor === undefined) throw new Error("the fleet has no instance");
  await platform.tenant(tenantId, [{ descriptor, url: urls }]);
}, 120_000);
afterAll(async () => {
  await fleet.close();
  await platform.close();
  await database.drop();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function ask(method: string, path: string, body?: object, key?: string): Promise<Answer> {
  const answer = await fetch(`${platform.urls[0]}${path}`, {
    method,
    headers: {
      "x-okapi-tenant": tenantId,
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(key !== undefined && { "idempotency-key": key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  try {
    const text = await answer.text();
    return { status: answer.status, body: answer.ok ? JSON.parse(text) : text };
  } catch (cause) {
    // Its head had come and its instance died: as little is known of it as of one that did not come at all.
    return { status: 502, body: `cut: ${String(cause)}` };
  }
}

/** Asks again with the same key for as long as nobody knows what became of it. */
async function askUntilKnown(path: string, body: object): Promise<Answer> {
  const key = randomUUID();
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask("POST", path, body, key);
    const isUnknown = answer.status >= 500 || answer.status === 409;
    if (!isUnknown || performance.now() > end) return answer;
    await delay(20);
  }
}

/** What an operator's supervisor does: starts another one and tells the gateway. */
async function replace(instance: Instance): Promise<void> {
  const api = apiAt(platform.urls[0] ?? "");
  await fleet.replaceKilled(instance);
  const [module] = fleet.instances.at(-1)?.modules ?? [];
  const srvcId = module?.descriptor.id;
  await api.post("/_/discovery/modules", { instId: `more-${randomUUID()}`, srvcId, url: module?.url });
  const old = (await api.get(`/_/discovery/modules/${srvcId}`)).text;
  const known = JSON.parse(old) as readonly { instId: string; url: string }[]; // instances of the API
  const gone = known.filter(({ url }) => url === instance.modules[0]?.url);
  for (const { instId } of gone) await api.delete(`/_/discovery/modules/${srvcId}/${instId}`);
}

async function titles(path: string, list: string, property: string): Promise<readonly string[]> {
  const { status, body } = await ask("GET", `${path}?limit=100000`);
  expect(status).toBe(200);
  const documents = (body as Record<string, readonly Record<string, string>[]>)[list] ?? []; // a list of the module
  return documents.map((document) => document[property] ?? "");
}

describe("instances that are killed under load", () => {
  it(
    `lose nothing of at least ${REQUESTS} mixed requests that was acknowledged, and do nothing twice`,
    async () => {
      const keyed: string[] = [];
      const plain: string[] = [];
      const unexpected: string[] = [];
      let next = 0;
      let kills = 0;
      const isUnderLoad = (): boolean => next < REQUESTS || kills < LEAST_KILLS;
      const client = async (): Promise<void> => {
        while (isUnderLoad()) {
          const at = next++;
          const name = `${at}`;
          if (at % 3 === 0) {
            const answer = await askUntilKnown("/shelf1/arrivals", { title: name });
            if (answer.status === 201) keyed.push(name);
            else unexpected.push(`keyed ${name}: ${answer.status} ${String(answer.body)}`);
          } else if (at % 3 === 1) {
            const answer = await ask("POST", "/shelf1/readers", { name });
            if (answer.status === 201) plain.push(name);
            else if (answer.status < 500)
              unexpected.push(`plain ${name}: ${answer.status} ${String(answer.body)}`);
          } else {
            // A read may be sent again by the gateway; what was acknowledged before is in it at once.
            const last = keyed.at(-1);
            const { status, body } = await ask("GET", `/shelf1/books?query=title==${last ?? "none"}`);
            const found = status === 200 ? (body as { books: readonly unknown[] }).books.length : null; // a list of the module
            if (last !== undefined && found === 0)
              unexpected.push(`${last} was acknowledged and is not found`);
          }
        }
      };
      const killing = async (): Promise<void> => {
        while (isUnderLoad()) {
          await delay(BETWEEN_KILLS_MS);
          const instance = fleet.instances[kills % fleet.instances.length];
          if (instance === undefined) throw new Error("the fleet has no instance");
          await replace(instance);
          kills += 1;
        }
      };
      await Promise.all([killing(), ...Array.from({ length: CLIENTS }, client)]);

      expect(unexpected).toEqual([]);
      const books = await titles("/shelf1/books", "books", "title");
      expect(books.toSorted()).toEqual(keyed.toSorted());
      expect(keyed).toHaveLength(Math.ceil(next / 3));
      const readers = await titles("/shelf1/readers", "readers", "name");
      expect(new Set(readers).size, "nothing twice").toBe(readers.length);
      expect(
        plain.filter((name) => !readers.includes(name)),
        "acknowledged and lost",
      ).toEqual([]);
      process.stderr.write(
        `${next} requests, ${kills} kills, ${plain.length} of ${Math.floor((next + 1) / 3)} plain writes acknowledged\n`,
      );
    },
    REQUESTS * 200 + 60_000,
  );
});
