import { Counter } from "prom-client";
import { gatewayCalls } from "../calls/gateway-calls.ts";
import type { RunningModule } from "../definition/part.ts";
import type { Errand } from "../visits/errand.ts";
import { joined } from "./identity-change.ts";
import { claimPushes, nextPushSeconds, type PushRow, putBackPushes, removePushes } from "./push-rows.ts";
import type { PushTokens } from "./push-tokens.ts";
import { type Telling, tellGateways } from "./tell-gateways.ts";

export const IDENTITY_PUSHES = "identity-pushes";

const MOST_ROWS = 500;
const LEASE_SECONDS = 60;
const WITHIN_MS = 10_000;
/** Whoever has lost a permission must not keep it longer than he has to. */
const LONGEST_DELAY_SECONDS = 60;

/** Says again what a request could not say, or what its process did not live to say, until it is acknowledged. */
export class PushRelay implements Errand {
  readonly name = IDENTITY_PUSHES;
  readonly #running: RunningModule;
  readonly #tokens: PushTokens;
  readonly #pushes: Counter<"outcome">;

  constructor(running: RunningModule, tokens: PushTokens) {
    this.#running = running;
    this.#tokens = tokens;
    this.#pushes = new Counter({
      name: "octavo_identity_pushes_total",
      help: "Changes of users that gateways did not take at once: taken since, or tried again and still waiting",
      labelNames: ["outcome"],
      registers: [running.metrics],
    });
  }

  free(): number {
    return 1;
  }

  async run(tenantId: string): Promise<number | null> {
    const { database, log } = this.#running;
    const context = { tenantId, work: "background" } as const;
    const rows = await database.tx(context, (tx) => claimPushes(tx, MOST_ROWS, LEASE_SECONDS));
    if (rows.length > 0) {
      const positions = rows.map(({ position }) => position);
      const telling = await this.#tell(tenantId, rows);
      this.#pushes.inc({ outcome: telling.kind === "failed" ? "failed" : "told" }, rows.length);
      if (telling.kind === "failed") {
        log.warn({ because: telling.because, tenantId, rows: rows.length }, "gateways still do not know");
        const attempt = Math.min(...rows.map((row) => row.attempt));
        const after = Math.min(2 ** (attempt - 1), LONGEST_DELAY_SECONDS) * (1 + Math.random() / 2);
        await database.tx(context, (tx) => putBackPushes(tx, positions, after, telling.because));
      } else {
        await database.tx(context, (tx) => removePushes(tx, positions));
      }
    }
    return await database.read(context, nextPushSeconds);
  }

  async #tell(tenantId: string, rows: readonly PushRow[]): Promise<Telling> {
    // The newest token lives longest; a row has none where no gateway gave one.
    const newestFirst = rows.toSorted((a, b) => Number(b.position) - Number(a.position));
    const [newest] = newestFirst;
    const ofRows = newestFirst.find(({ token }) => token !== null)?.token ?? null;
    const token = this.#tokens.forRelay(tenantId, ofRows);
    const endsMs = performance.now() + WITHIN_MS;
    const caller = {
      tenantId,
      token,
      requestId: `${IDENTITY_PUSHES}-${newest?.position ?? ""}`,
      okapiUrl: newest?.gatewayUrl ?? null,
      deadlineMs: null,
      signal: this.#running.draining,
      remainingMs: () => Math.max(1, endsMs - performance.now()),
    };
    const calls = gatewayCalls(caller, this.#running.gatewayUrl);
    for (const push of joined(rows.map(({ change }) => change))) {
      const telling = await tellGateways(calls, push, WITHIN_MS);
      if (telling.kind === "failed" && !telling.mayPassSoon) this.#tokens.forget(tenantId);
      if (telling.kind !== "told") return telling;
    }
    return { kind: "told" };
  }
}
