import { generateKeyPairSync, randomUUID, sign, verify } from "node:crypto";
import { parseModuleDescriptor } from "@octavo/descriptor";
import { SessionStore } from "@octavo/identity";
import { fromPlain } from "@octavo/json";
import { openRegistry, type Registry } from "@octavo/registry";
import { ok } from "@octavo/result";
import { defaultRefreshPolicy, type Successor } from "@octavo/tokens";
import { Client } from "pg";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";
import { type MeasuredGateway, startMeasuredGateway, TENANT } from "./gateway/measured-gateway.ts";
import { startSignInModules } from "./gateway/sign-in-modules.ts";
import { median, middleHalf, quantile } from "./spread.ts";
import { withPostgres } from "./with-postgres.ts";

/** What it takes to be known: a refresh with its rotation in the database beside the same transaction by hand, a call of
 * somebody new beside his next one, and the signatures in both. */
export async function run({ isFull }: BenchOptions): Promise<BenchResult> {
  return {
    name: "sign-in",
    figures: [
      ...(await withPostgres(50, (adminUrl) => refreshFigures(adminUrl, isFull))),
      ...signatureFigures(isFull),
      ...(await callFigures(isFull)),
    ],
  };
}

const SESSIONS = 8;

async function refreshFigures(adminUrl: string, isFull: boolean): Promise<Figure[]> {
  const registry = await open(adminUrl);
  await putTenant(registry);
  const sessions = new SessionStore(registry, defaultRefreshPolicy);
  const hands = await Promise.all(Array.from({ length: SESSIONS }, () => connect(adminUrl)));
  try {
    let latest = await Promise.all(Array.from({ length: SESSIONS }, (_, at) => firstOf(sessions, at)));
    const [ours, byHand]: [number[], number[]] = [[], []];
    const each = isFull ? 300 : 60;
    for (let round = 0; round < (isFull ? 9 : 4); round += 1) {
      ours.push(
        await rate(each, async () => {
          latest = await Promise.all(latest.map((token, at) => refreshed(sessions, token, at)));
        }),
      );
      byHand.push(
        await rate(each, async () => {
          await Promise.all(
            hands.map((client, at) => rotateByHand(client, latest[at]?.familyId ?? "", registry.clock.now())),
          );
        }),
      );
      // What was done by hand has moved the rows on: read on from there.
      latest = latest.map((token) => ({ ...token, generation: token.generation + each }));
    }
    const [rates, peers] = [ours.slice(1), byHand.slice(1)]; // the first round warms up
    return [
      {
        name: `refreshes, ${SESSIONS} sessions at once`,
        value: median(rates),
        unit: "/s",
        spread: middleHalf(rates),
        ratio: median(rates.map((value, at) => value / (peers[at] ?? Number.NaN))),
      },
      { name: "the same transaction by hand", value: median(peers), unit: "/s", spread: middleHalf(peers) },
    ];
  } finally {
    await Promise.all(hands.map((client) => client.end()));
    await registry.close();
  }
}

/** Sessions are a tenant's. */
async function putTenant(registry: Registry): Promise<void> {
  const intent = { actor: "bench", action: "bench.put", target: TENANT, requestId: null, idempotency: null };
  const tenant = { id: TENANT, name: null, description: null };
  const written = await registry.write<never>(intent, () =>
    ok({ changes: [{ kind: "tenant.put", tenant }], answer: "" }),
  );
  if (!written.ok) throw new Error(written.error.kind);
}

async function firstOf(sessions: SessionStore, at: number): Promise<Successor> {
  const opened = await sessions.open(TENANT, `user-${at}`);
  if (!opened.ok) throw new Error(opened.error.kind);
  return opened.value;
}

async function refreshed(sessions: SessionStore, token: Successor, at: number): Promise<Successor> {
  const { familyId, generation, expiresAt } = token;
  const answered = await sessions.refresh({
    familyId,
    generation,
    expiresAt,
    tenantId: TENANT,
    userId: `user-${at}`,
  });
  if (!answered.ok || answered.value.kind !== "successor" || answered.value.isRepeated) {
    throw new Error(`a refresh was not one: ${JSON.stringify(answered)}`);
  }
  return answered.value.successor;
}

/** What a rotation takes at the least: the row held, looked at and moved on. */
async function rotateByHand(client: Client, familyId: string, now: number): Promise<void> {
  await client.query("begin");
  await client.query(
    `select tenant_id, user_id, generation, rotated_at, created_at, revoked_at
     from octavo.session where family_id = $1 for update`,
    [familyId],
  );
  await client.query(
    "update octavo.session set generation = generation + 1, rotated_at = $2 where family_id = $1",
    [familyId, Math.floor(now)],
  );
  await client.query("commit");
}

/** @returns of all sessions together, for one second */
async function rate(times: number, all: () => Promise<void>): Promise<number> {
  const started = performance.now();
  for (let at = 0; at < times; at += 1) await all();
  return (SESSIONS * times * 1000) / (performance.now() - started);
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  await client.connect();
  return client;
}

async function open(connectionString: string): Promise<Registry> {
  const internal = parseModuleDescriptor(fromPlain({ id: "okapi-7.2.0", name: "Okapi" }));
  if (!internal.ok) throw new Error(internal.error);
  const instance = { id: randomUUID(), name: null, url: "http://127.0.0.1:9130", version: "bench" };
  const opened = await openRegistry({
    connectionString,
    instance,
    internalModule: internal.value,
    log: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

/** The two that a sign-in and a new token cost, by node:crypto alone: what no cache can save. */
function signatureFigures(isFull: boolean): Figure[] {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const text = Buffer.alloc(400, "t");
  const signature = sign(null, text, privateKey);
  const perCall = (call: () => unknown): number => {
    const times: number[] = [];
    for (let round = 0; round < (isFull ? 15 : 5); round += 1) {
      const started = performance.now();
      for (let at = 0; at < 300; at += 1) call();
      times.push(((performance.now() - started) * 1000) / 300);
    }
    return median(times);
  };
  return [
    { name: "one Ed25519 signature", value: perCall(() => sign(null, text, privateKey)), unit: "us" },
    {
      name: "one Ed25519 verification",
      value: perCall(() => verify(null, text, publicKey, signature)),
      unit: "us",
    },
  ];
}

/** Calls one after the other, so that each is timed alone. */
async function callFigures(isFull: boolean): Promise<Figure[]> {
  const modules = await startSignInModules();
  const gateway = await startMeasuredGateway({
    mode: "closed",
    upstreamUrl: modules.url,
    bulkUrl: modules.url,
    signInUrl: modules.url,
    isPinned: false,
  });
  try {
    const users = isFull ? 400 : 100;
    const signIns: number[] = [];
    const tokens: string[] = [];
    for (let at = 0; at < users; at += 1) {
      const started = performance.now();
      tokens.push(await signIn(gateway, `user-${at}`));
      signIns.push(performance.now() - started);
    }
    const before = modules.lookups();
    const cold = await timed(gateway, tokens);
    const lookups = modules.lookups() - before;
    const warm = await timed(gateway, tokens);
    if (modules.lookups() - before !== lookups) throw new Error("somebody was looked up twice");
    return [
      { name: "a sign-in, p50", value: median(signIns), unit: "ms" },
      { name: "a call of somebody new, p50", value: median(cold), unit: "ms" },
      { name: "his next call, p50", value: median(warm), unit: "ms" },
      { name: "a call of somebody new, p99", value: quantile(cold, 0.99), unit: "ms" },
      { name: "his next call, p99", value: quantile(warm, 0.99), unit: "ms" },
      { name: "somebody new, over his next call", value: median(cold) / median(warm), unit: "x" },
      { name: "questions to modules for somebody new", value: lookups / users, unit: "calls", goal: "2" },
    ];
  } finally {
    await gateway.stop();
    await modules.close();
  }
}

async function signIn(gateway: MeasuredGateway, userId: string): Promise<string> {
  const payload = { sub: userId, user_id: userId };
  const signed = await gateway.call("POST", "/authn/login", { "X-Okapi-Tenant": TENANT }, { payload });
  return (JSON.parse(signed) as { accessToken: string }).accessToken; // as: what the token route answers
}

async function timed(gateway: MeasuredGateway, tokens: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const token of tokens) {
    const started = performance.now();
    await gateway.call("GET", "/bench/checked/1", { "X-Okapi-Tenant": TENANT, "X-Okapi-Token": token });
    times.push(performance.now() - started);
  }
  return times;
}
