import type { ModuleDescriptor, RoutingEntry } from "@octavo/descriptor";
import type { HeaderList } from "@octavo/http-wire";
import type { Registry } from "@octavo/registry";
import { err, type Result } from "@octavo/result";
import type { Upstreams } from "@octavo/upstream";
import type { Log } from "../log.ts";

/** A call that the gateway makes to a module by itself: an entry of a system interface (_tenant, _tenantPermissions,
 * _timer). It goes to the module, not through the tenant's routes. */
export interface SystemCall {
  readonly tenantId: string;
  /** It need not be enabled: `_tenant` comes before. */
  readonly module: ModuleDescriptor;
  /** null where a descriptor names none (old `_tenant` 1.0). */
  readonly entry: RoutingEntry | null;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** "" for none. */
  readonly body: string;
  /** Who makes it, for the token: "job:<id>", "timer:<id>". */
  readonly actor: string;
  /** The request that it follows from, whose id it continues; null where nobody asked. */
  readonly requestId: string | null;
  /** Flat name, value ... besides those that every system call has. */
  readonly headers: HeaderList;
  /** Where it is to go first, as discovery has it; null for any. Another instance is taken where no byte was sent. */
  readonly instanceId: string | null;
  /** From the first byte sent to the last of the answer. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

export interface SystemAnswer {
  /** 200 to 299. */
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
  readonly instanceId: string;
}

export interface SystemCallFailure {
  /** - `no-instance`: discovery knows none that has a URL
   * - `not-sent`: none could be reached; nothing was sent
   * - `unanswered`: sent, and no whole answer came: what became of it is not known
   * - `refused`: the module answered with another status than 200 to 299
   * - `not-allowed`: the tenant's auth filter refused, or could not be asked; the module was not called */
  readonly kind: "no-instance" | "not-sent" | "unanswered" | "refused" | "not-allowed";
  /** Okapi's sentence, with our reason. */
  readonly message: string;
  /** Of the module's answer, where it is refused. */
  readonly status: number | null;
  readonly instanceId: string | null;
}

export type CallSystemInterface = (call: SystemCall) => Promise<Result<SystemAnswer, SystemCallFailure>>;

/** @param actor "job:<id>", "timer:<id>"
 * @param moduleId the module that is called and that holds it */
export type TokenForSystemCall = (
  tenantId: string,
  actor: string,
  moduleId: string,
  permissions: readonly string[],
) => string;

export interface SystemCallParts {
  readonly registry: Pick<Registry, "snapshot" | "clock">;
  readonly upstreams: Upstreams;
  /** X-Okapi-Url. */
  readonly url: string;
  readonly tokenForSystemCall: TokenForSystemCall;
  readonly log: Log;
}

/** Okapi: message 11101. */
export function callFailed(call: SystemCall, because: string): string {
  return `${call.method} request for ${call.module.id} ${call.path} failed with ${because}`;
}

export function failed(
  kind: SystemCallFailure["kind"],
  message: string,
  more: { readonly status?: number; readonly instanceId?: string } = {},
): Result<never, SystemCallFailure> {
  return err({ kind, message, status: more.status ?? null, instanceId: more.instanceId ?? null });
}
