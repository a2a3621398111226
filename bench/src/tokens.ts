import { generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import {
  accessClaims,
  CALLER_TYPES,
  checkPermissions,
  compilePermissionRule,
  createSigningKey,
  findToken,
  moduleClaims,
  ModuleTokenCache,
  signToken,
  TenantEpochs,
  TokenCache,
  verifyToken,
  verifyWith,
} from "@octavo/tokens";
import type { BenchOptions, BenchResult, Figure } from "./bench-result.ts";

/** What a token costs: to sign and verify one beside node:crypto alone, and to find one that was verified beside a look-up
 * in a Map of just these tokens. */
export function run({ isFull }: BenchOptions): Promise<BenchResult> {
  const rounds = isFull ? 15 : 5;
  const issuer = "https://octavo.example";
  const nowMs = 1_700_000_000_000;
  const key = createSigningKey(randomBytes(32));
  const published = verifyWith(key.kid, key.x, null);
  if (published === null) throw new Error("a fresh key verifies");
  const keys = new Map([[key.kid, published]]);
  const issuing = { issuer, tenantId: "diku", epoch: 0, nowMs, tokenId: "t", lifeMs: 600_000 };
  const claimsOf = (at: number) =>
    accessClaims(
      { ...issuing, tokenId: `token-${at}` },
      { userId: `user-${at}`, username: "ann", userEpoch: 0 },
      "s",
    );
  const claims = claimsOf(0);
  const expected = { issuer, types: CALLER_TYPES, tenantId: "diku", nowMs };

  const bare = generateKeyPairSync("ed25519");
  const tokens = Array.from({ length: 1000 }, (_, at) => signToken(claimsOf(at), key));
  const token = tokens[0] ?? "";
  const signed = Buffer.from(token.slice(0, token.lastIndexOf(".")), "latin1");
  const signature = sign(null, signed, bare.privateKey);

  const epochs = new TenantEpochs();
  const cache = new TokenCache(10_000);
  const minted = new ModuleTokenCache(10_000);
  const entry = {};
  const ofModule = moduleClaims(issuing, claims, "mod-x-1.0.0", []);
  for (const [at, each] of tokens.entries()) {
    cache.add(each, claimsOf(at), epochs);
    minted.add({
      subject: `diku/user:user-${at}`,
      entry,
      claims: ofModule,
      token: each,
      renewAtMs: nowMs + 1,
      epochs,
    });
  }
  const peer = new Map(tokens.map((each) => [each, each]));
  const subjects = tokens.map((_, at) => `diku/user:user-${at}`);
  const peerBySubject = new Map(subjects.map((each) => [each, each]));
  // As requests bring them: texts of their own, whose hash nobody has computed.
  const fresh = (texts: readonly string[]) =>
    texts.map((text) => Buffer.from(text, "latin1").toString("latin1"));
  const rule = compilePermissionRule(
    [
      {
        pathPattern: "/x",
        permissionsRequired: ["a", "b"],
        permissionsRequiredTenant: null,
        permissionsDesired: [],
      },
    ],
    false,
  );
  const holder = { claims, ofUser: new Set(["a", "b", "c"]), ofToken: new Set<string>() };
  const holders = tokens.map((_, at) => ({ ...holder, ofUser: new Set(["a", "b", `c${at}`]) }));
  const headers = tokens.map((each) => [
    "Host",
    "x",
    "Accept",
    "*/*",
    "X-Okapi-Tenant",
    "diku",
    "X-Okapi-Token",
    each,
  ]);

  const figures: Figure[] = [
    ...beside("signs/s", rounds, 500, {
      ours: () => signToken(claims, key),
      peer: () => sign(null, signed, bare.privateKey),
    }),
    ...beside("verifies/s", rounds, 500, {
      ours: () => verifyToken(token, keys, expected).ok || fail(),
      peer: () => verify(null, signed, bare.publicKey, signature) || fail(),
    }),
    ...lookups("token cache hits/s", rounds, tokens, {
      prepare: fresh,
      ours: (each) => cache.find(each, nowMs) ?? fail(),
      peer: (each) => peer.get(each) ?? fail(),
    }),
    ...lookups("module token hits/s", rounds, subjects, {
      prepare: (texts) => [...texts],
      ours: (each) => minted.find(each, entry, nowMs) ?? fail(),
      peer: (each) => peerBySubject.get(each) ?? fail(),
    }),
    ...beside("tokens found/s, peer a Map look-up", rounds, 100_000, {
      ours: (at) => findToken(headers[at % headers.length] ?? []).ok || fail(),
      peer: (at) => peer.get(tokens[at % tokens.length] ?? "") ?? fail(),
    }),
    ...beside("permission checks/s (two required), peer a Map look-up", rounds, 100_000, {
      ours: (at) => checkPermissions(rule, holders[at % holders.length] ?? holder, "diku") === null || fail(),
      peer: (at) => peer.get(tokens[at % tokens.length] ?? "") ?? fail(),
    }),
  ];
  const hit = (look: (at: number) => unknown) => bytesAllocated(100_000, (at) => look(at % tokens.length));
  figures.push(
    {
      name: "allocated a token cache hit",
      value: hit((at) => cache.find(tokens[at] ?? "", nowMs)),
      unit: "bytes",
      goal: "< 1",
    },
    {
      name: "allocated a module token hit",
      value: hit((at) => minted.find(subjects[at] ?? "", entry, nowMs)),
      unit: "bytes",
      goal: "< 1",
    },
  );
  return Promise.resolve({ name: "tokens", figures });
}

/** The smallest of several runs: whatever else allocates in between is not ours. */
function bytesAllocated(count: number, work: (at: number) => unknown): number {
  const runs = Array.from({ length: 7 }, () => {
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < count; at++) work(at);
    return Math.max(0, process.memoryUsage().heapUsed - before) / count;
  });
  return Math.min(...runs);
}

interface Pair<T> {
  readonly ours: T;
  readonly peer: T;
}

/** In turns, so that a slow moment of the machine meets both. */
function beside(
  name: string,
  rounds: number,
  count: number,
  work: Pair<(at: number) => unknown>,
): readonly Figure[] {
  return compare(name, rounds, count, {
    ours: () => {
      for (let at = 0; at < count; at++) work.ours(at);
    },
    peer: () => {
      for (let at = 0; at < count; at++) work.peer(at);
    },
  });
}

function lookups(
  name: string,
  rounds: number,
  texts: readonly string[],
  {
    prepare,
    ours,
    peer,
  }: Pair<(text: string) => unknown> & { prepare: (texts: readonly string[]) => string[] },
): readonly Figure[] {
  const batchCount = 50;
  const all = (look: (text: string) => unknown) => {
    // Texts of its own for each batch, made before: what is timed is the look-up, first hash included.
    const batches = Array.from({ length: batchCount }, () => prepare(texts));
    const start = performance.now();
    for (const batch of batches) for (const text of batch) look(text);
    return performance.now() - start;
  };
  const count = batchCount * texts.length;
  return figuresOf(
    name,
    rounds,
    count,
    () => all(ours),
    () => all(peer),
  );
}

function compare(
  name: string,
  rounds: number,
  count: number,
  { ours, peer }: Pair<() => void>,
): readonly Figure[] {
  const timed = (work: () => void) => () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  return figuresOf(name, rounds, count, timed(ours), timed(peer));
}

function figuresOf(
  name: string,
  rounds: number,
  count: number,
  ours: () => number,
  peer: () => number,
): readonly Figure[] {
  ours();
  peer();
  const own: number[] = [];
  const others: number[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push((count / ours()) * 1000);
    others.push((count / peer()) * 1000);
  }
  const value = median(own);
  const unit = "/s";
  return [
    { name, value, unit, ratio: value / median(others) },
    { name: `${name}, the peer's`, value: median(others), unit },
  ];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function fail(): never {
  throw new Error("the work was not done");
}
