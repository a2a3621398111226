import type { CancelSignal } from "@octavo/http-wire";
import type { Registry } from "@octavo/registry";
import type { Result } from "@octavo/result";
import type { GatewayConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { GatewayMetrics } from "../metrics/gateway-metrics.ts";
import type { Tracing } from "../tracing/load-tracing.ts";
import type { Call, Refusal, Reply } from "./handler.ts";

/** What a handler of the management API may use besides its call. */
export interface Platform {
  readonly registry: Registry;
  readonly config: GatewayConfig;
  readonly log: Log;
  readonly metrics: GatewayMetrics;
  /** null where no spans are wanted. */
  readonly tracing: Tracing | null;
  readonly clock: Clock;
  readonly instance: InstanceIdentity;
  readonly versions: Versions;
  readonly jobs: Jobs;
  /** This instance is going: who follows something follows it elsewhere. */
  readonly draining: CancelSignal;
}

/** The jobs of this platform, whichever instance drives them. */
export interface Jobs {
  /** There is a new one, or something to hear of one. */
  wake(): void;
  /** Resolves when it has ended, waits for a human, or this instance stops. */
  settled(jobId: string, signal: AbortSignal): Promise<void>;
}

/** The time that everything of the platform uses (DECISIONS 15): never the wall clock of this machine alone. */
interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

interface InstanceIdentity {
  /** The id that this instance has in the registry (Okapi: nodeId). */
  readonly id: string;
  /** Where modules and peers reach it, without a slash at the end (X-Okapi-Url). */
  readonly url: string;
}

interface Versions {
  /** The version of Okapi's API that we answer with: `GET /_/version`, and the internal module's id. */
  readonly okapi: string;
  /** Our own: `GET /_/octavo/version`. */
  readonly octavo: string;
}

/** One operation of the route table, carried out. */
export type Handler = (call: Call, platform: Platform) => Promise<Result<Reply, Refusal>>;
