import {
  type Calls,
  cql,
  and,
  equal,
  or,
  type Static,
  Type,
  words,
  cannotBeAsked,
  isAbsent,
} from "@octavo/module-kit";
import type { User } from "../find-user.ts";

export const OpenTransactions = Type.Object({
  userId: Type.String(),
  userBarcode: Type.Optional(Type.String()),
  hasOpenTransactions: Type.Boolean(),
  loans: Type.Integer(),
  requests: Type.Integer(),
  feesFines: Type.Integer(),
  proxies: Type.Integer(),
  blocks: Type.Integer(),
});
type OpenTransactions = Static<typeof OpenTransactions>;

const isOpen = words("status.name", "Open");

/** What is counted, of which interface, and how its module is asked. */
const counted = {
  loans: ["loan-storage", "/loan-storage/loans", (id: string) => and(equal("userId", id), isOpen)],
  requests: [
    "request-storage",
    "/request-storage/requests",
    (id: string) => and(equal("requesterId", id), words("status", "Open")),
  ],
  feesFines: ["feesfines", "/accounts", (id: string) => and(equal("userId", id), isOpen)],
  blocks: ["feesfines", "/manualblocks", (id: string) => equal("userId", id)],
  proxies: ["users", "/proxiesfor", (id: string) => or(equal("userId", id), equal("proxyUserId", id))],
} as const;

export const countPermissions = [
  "circulation-storage.loans.collection.get",
  "circulation-storage.requests.collection.get",
  "accounts.collection.get",
  "manualblocks.collection.get",
  "proxiesfor.collection.get",
];

/** Counts what keeps a user from being deleted. A tenant without a module for one of them has none of it.
 * @throws Refusal 503 that names whoever is there and cannot be asked: nobody is deleted on a guess */
export async function openTransactionsOf(calls: Calls, user: User): Promise<OpenTransactions> {
  const { id, barcode } = user;
  const [loans, requests, feesFines, blocks, proxies] = await Promise.all([
    count(calls, "loans", id),
    count(calls, "requests", id),
    count(calls, "feesFines", id),
    count(calls, "blocks", id),
    count(calls, "proxies", id),
  ]);
  return {
    userId: id,
    ...(barcode !== undefined && { userBarcode: barcode }),
    hasOpenTransactions: loans + requests + feesFines + blocks + proxies > 0,
    loans,
    requests,
    feesFines,
    proxies,
    blocks,
  };
}

const Total = Type.Object({ totalRecords: Type.Integer() });

async function count(calls: Calls, what: keyof typeof counted, userId: string): Promise<number> {
  const [provider, path, where] = counted[what];
  const query = { query: cql(where(userId)), limit: 0 };
  const found = await calls.send({ method: "GET", path, query, answer: Total });
  if (found.ok) return found.value.body.totalRecords;
  if (isAbsent(found.error)) return 0;
  throw cannotBeAsked(found.error, provider);
}
