import {
  type Change,
  type Decision,
  holdsLease,
  type Lease,
  type Registry,
  releaseLease,
  type SigningKeyRow,
  type Snapshot,
  takeLease,
} from "@octavo/registry";
import { err, ok, type Result } from "@octavo/result";
import { planRotation, type RotationAction, type RotationPolicy } from "@octavo/tokens";
import { newKey } from "./first-signing-key.ts";
import { eraseSecret, insertSecret } from "./signing-secrets.ts";

interface KeyRotationParts {
  readonly registry: Registry;
  readonly octavoKey: Uint8Array;
  readonly instanceId: string;
  readonly policy: RotationPolicy;
  readonly onProblem: (because: string) => void;
}

const leaseSeconds = 60;

/** While somebody else is at it, or an instance has not come far enough. */
const soonMs = 5000;
const longestSleepMs = 3_600_000;

/** Does what planRotation says is due, under a lease with an epoch; whoever loses the lease writes nothing more. */
export class KeyRotation {
  readonly #parts: KeyRotationParts;
  /** By kid: the revision that every live instance has to reach. */
  readonly #barriers = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(parts: KeyRotationParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#sleep(soonMs);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** @returns when to look again, by the one clock */
  async turn(): Promise<number> {
    const { registry, instanceId, policy } = this.#parts;
    const now = registry.clock.now();
    const plan = planRotation(commonKeys(registry.snapshot), now, policy);
    if (plan.actions.length === 0) return plan.lookAgainAt;
    const taken = await registry.transaction((client) =>
      takeLease(client, "signing-keys", instanceId, leaseSeconds),
    );
    if (!taken.ok || taken.value === null) return now + soonMs;
    const lease = taken.value;
    let isDone = true;
    for (const action of plan.actions) {
      isDone = (await carryOut(this.#parts, this.#barriers, lease, action)) && isDone;
    }
    await registry.transaction((client) => releaseLease(client, lease));
    return isDone ? now : now + soonMs;
  }

  #sleep(ms: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#wake(), Math.min(Math.max(ms, 100), longestSleepMs));
    this.#timer.unref();
  }

  async #wake(): Promise<void> {
    let lookAgainAt = this.#parts.registry.clock.now() + longestSleepMs;
    try {
      lookAgainAt = await this.turn();
    } catch (error) {
      this.#parts.onProblem(error instanceof Error ? error.message : String(error));
    }
    this.#sleep(lookAgainAt - this.#parts.registry.clock.now());
  }
}

/** @returns whether it is done; what is not is planned again */
async function carryOut(
  parts: KeyRotationParts,
  barriers: Map<string, number>,
  lease: Lease,
  action: RotationAction,
): Promise<boolean> {
  const { registry, octavoKey } = parts;
  const now = Math.floor(registry.clock.now());
  switch (action.do) {
    case "publish": {
      const { record, wrapped } = newKey(octavoKey, now);
      return write(parts, lease, "publish", record.kid, ({ signingKeys }) =>
        [...signingKeys.values()].some((key) => key.tenantId === null && isPublished(key))
          ? null
          : {
              changes: [{ kind: "signing-key.put", key: record }],
              alsoWrite: (client) => insertSecret(client, record.kid, wrapped),
            },
      );
    }
    case "await-barrier":
      if (!isKnownToAll(registry, barriers, action.kid)) return false;
      return write(parts, lease, "known-to-all", action.kid, ({ signingKeys }) => {
        const key = signingKeys.get(action.kid);
        return key?.knownToAllAt === null ? { changes: [put({ ...key, knownToAllAt: now })] } : null;
      });
    case "sign":
      return write(parts, lease, "sign", action.kid, (snapshot) => signNext(snapshot, action, now));
    case "retire":
      return write(parts, lease, "retire", action.kid, ({ signingKeys }) =>
        signingKeys.has(action.kid) ? { changes: [{ kind: "signing-key.removed", kid: action.kid }] } : null,
      );
  }
}

function signNext(
  { signingKeys }: Snapshot,
  { kid, supersedes }: Extract<RotationAction, { do: "sign" }>,
  now: number,
): Step | null {
  const next = signingKeys.get(kid);
  if (next === undefined || !isPublished(next)) return null;
  const changes: Change[] = [];
  const old = supersedes === null ? undefined : signingKeys.get(supersedes);
  if (old !== undefined) changes.push(put({ ...old, supersededAt: now }));
  changes.push(put({ ...next, signingAt: now }));
  if (old === undefined) return { changes };
  return { changes, alsoWrite: (client) => eraseSecret(client, old.kid) };
}

interface Step {
  readonly changes: readonly Change[];
  readonly alsoWrite?: NonNullable<Decision["alsoWrite"]>;
}

class LeaseLost extends Error {}

/** @param decide null where somebody else has done it */
async function write(
  { registry }: KeyRotationParts,
  lease: Lease,
  what: string,
  kid: string,
  decide: (snapshot: Snapshot) => Step | null,
): Promise<boolean> {
  const intent = {
    actor: "system:keys",
    action: `signing-keys.${what}`,
    target: kid,
    requestId: null,
    idempotency: null,
  };
  try {
    const written = await registry.write<"done">(intent, (snapshot): Result<Decision, "done"> => {
      const step = decide(snapshot);
      if (step === null) return err("done");
      return ok({
        changes: step.changes,
        answer: "{}",
        alsoWrite: async (client, revision) => {
          if (!(await holdsLease(client, lease))) throw new LeaseLost();
          await step.alsoWrite?.(client, revision);
        },
      });
    });
    return written.ok || written.error === "done";
  } catch (error) {
    if (error instanceof LeaseLost) return false;
    throw error;
  }
}

/** Whether every live instance has come to where the key was seen here first. */
function isKnownToAll(registry: Registry, barriers: Map<string, number>, kid: string): boolean {
  const barrier = barriers.get(kid) ?? registry.snapshot.revision;
  barriers.set(kid, barrier);
  const isThere = registry.instances().every(({ appliedRevision }) => appliedRevision >= barrier);
  if (isThere) barriers.delete(kid);
  return isThere;
}

function commonKeys({ signingKeys }: Snapshot): readonly SigningKeyRow[] {
  return [...signingKeys.values()].filter(({ tenantId }) => tenantId === null);
}

function isPublished(key: SigningKeyRow): boolean {
  return key.signingAt === null && key.supersededAt === null && key.retiredAt === null;
}

function put(key: SigningKeyRow): Change {
  return { kind: "signing-key.put", key };
}
