import type { HomeDatabase, Transaction } from "@octavo/database";
import type { ModulePart, RunningModule, Stop } from "../definition/part.ts";
import type { Call } from "../definition/route.ts";
import { type Visits, visitsOf } from "../visits/visits-of.ts";
import { type IdentityChange, isNothing, joined } from "./identity-change.ts";
import { PromptPushes } from "./prompt-pushes.ts";
import { IDENTITY_PUSHES, PushRelay } from "./push-relay.ts";
import { insertPush, removePushes } from "./push-rows.ts";
import { PushTokens } from "./push-tokens.ts";
import { pushSteps } from "./push-steps.ts";

interface PushTiming {
  /** How long an answer is held back for gateways that do not say that they know. */
  readonly withinMs: number;
  /** Longer than that: the relay is not to say what the request is saying. */
  readonly relayAfterSeconds: number;
}

const TIMING: PushTiming = { withinMs: 5000, relayAfterSeconds: 10 };

/** Gateways keep what they know of a user, because this module tells them when it changes (DECISIONS 6). For modules that provide `users` or
 * `permissions`; the descriptor says so (`metadata.octavo.pushesIdentity`). Routes that push need `modulePermissions`, `[]` at least: the gateway
 * knows by the module's own token who speaks.
 *
 *     const pushes = identityPushes();
 *     defineModule({ ..., parts: [pushes] });
 *     await pushes.tx(call, async (tx, tell) => { ...; tell({ changed: [userId] }); }); */
export function identityPushes(timing: PushTiming = TIMING): IdentityPushes {
  return new IdentityPushes(timing);
}

export class IdentityPushes implements ModulePart {
  readonly name = "identity pushes";
  readonly steps = pushSteps;
  readonly pushesIdentity = true;
  readonly #timing: PushTiming;
  readonly #visits = new Set<Visits>();
  readonly #tokens = new PushTokens();
  readonly #prompt = new WeakMap<HomeDatabase, PromptPushes>();

  constructor(timing: PushTiming) {
    this.#timing = timing;
  }

  readonly start = (running: RunningModule): Stop => {
    const visits = visitsOf(running);
    this.#visits.add(visits);
    const leave = visits.join({ errand: new PushRelay(running, this.#tokens) });
    return async () => {
      this.#visits.delete(visits);
      await leave();
    };
  };

  /** A transaction of which gateways learn what `tell` was told: before this returns, or within five seconds; where they do not say that they
   * know by then, the change stands and is pushed until they do. The rows are written with the change: it is not lost with the process.
   * @throws as `db.tx` does */
  async tx<T>(
    {
      db,
      context,
      calls,
      module,
    }: Pick<Call<unknown, unknown, unknown>, "db" | "context" | "calls" | "module">,
    work: (tx: Transaction, tell: (change: IdentityChange) => void) => Promise<T>,
  ): Promise<T> {
    const { tenantId, okapiUrl, token, log } = context;
    const { withinMs, relayAfterSeconds } = this.#timing;
    const stored = await this.#tokens.forRow(tenantId, calls, token);
    const rows: { readonly position: string; readonly change: IdentityChange }[] = [];
    const result = await db.tx(async (tx) => {
      rows.length = 0; // of an attempt before
      const told: IdentityChange[] = [];
      const value = await work(tx, (change) => told.push(change));
      for (const change of joined(told.filter((each) => !isNothing(each)))) {
        const position = await insertPush(
          tx,
          change,
          { gatewayUrl: okapiUrl, token: stored },
          relayAfterSeconds,
        );
        rows.push({ position, change });
      }
      if (rows.length > 0) tx.afterCommit(() => this.#wake(tenantId, relayAfterSeconds));
      return value;
    });
    if (rows.length === 0) return result;
    const prompt = this.#promptOf(module.home);
    const told = await Promise.all(
      rows.map(({ change }) => prompt.arrive(tenantId, calls, change, withinMs)),
    );
    const failed = told.find((each) => each.kind === "failed");
    if (failed === undefined) {
      const positions = rows.map(({ position }) => position);
      // What cannot be removed now is said twice.
      await db
        .tx((tx) => removePushes(tx, positions))
        .catch((error: unknown) => log.warn({ err: error }, "a push is said again"));
    } else {
      log.warn({ because: failed.because }, "gateways do not know yet of changed users; it is said again");
    }
    return result;
  }

  #promptOf(home: HomeDatabase): PromptPushes {
    const prompt = this.#prompt.get(home) ?? new PromptPushes();
    this.#prompt.set(home, prompt);
    return prompt;
  }

  #wake(tenantId: string, inSeconds: number): void {
    for (const visits of this.#visits) visits.wake(tenantId, IDENTITY_PUSHES, inSeconds);
  }
}
