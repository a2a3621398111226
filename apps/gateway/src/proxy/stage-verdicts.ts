import { headerOf, type UpstreamResponse } from "@octavo/http-wire";
import { ok, type Result } from "@octavo/result";
import type { Stage } from "@octavo/routing";
import type { AuthDecision } from "./auth-cache.ts";
import { readModuleTokens, tokenFor } from "./module-tokens.ts";
import type { StageResult } from "./stage-headers.ts";
import { isOk } from "./stage-rules.ts";

/** A refusal is a sentence. */
const REFUSAL_BYTES = 1024 * 1024;

/** An answer that keeps the handler from being called, and is the client's. */
export interface StageRefusal extends StageResult {
  readonly body: Uint8Array;
  readonly isAuth: boolean;
}

/** What the stages of one request have said so far: which token each module gets, whether somebody has refused, and what
 * the handler answered. */
export class StageVerdicts {
  /** By module id; a module without an entry gets the caller's own. */
  #tokens: ReadonlyMap<string, string | null>;
  /** What auth filters have said, to be remembered when all have agreed. */
  #learned: AuthDecision | null = null;
  #handler: StageResult | null = null;
  #refusal: StageRefusal | null = null;

  /** @param known who calls, where that is known before the first stage */
  constructor(known: AuthDecision | null) {
    this.#tokens = known?.tokens ?? new Map();
  }

  get handler(): StageResult | null {
    return this.#handler;
  }

  get refusal(): StageRefusal | null {
    return this.#refusal;
  }

  /** @param callers what the caller has sent, which auth filters get, and modules that nothing was said of */
  tokenOf({ route }: Stage, callers: string | null): string | null {
    const token = route.entry.phase === "auth" ? undefined : tokenFor(this.#tokens, route.module.id);
    return token === undefined ? callers : token;
  }

  /** Takes over what an auth filter says of the caller.
   * @returns as the error, what of it cannot be read */
  learn({ status, rawHeaders }: UpstreamResponse): Result<void, string> {
    const tokens = readModuleTokens(rawHeaders);
    if (!tokens.ok) return tokens;
    this.#tokens = new Map([...this.#tokens, ...tokens.value]);
    if (!isOk(status) || tokens.value.size === 0) return ok(undefined);
    this.#learned = {
      userId: headerOf(rawHeaders, "x-okapi-user-id") ?? this.#learned?.userId ?? null,
      permissions: headerOf(rawHeaders, "x-okapi-permissions") ?? this.#learned?.permissions ?? null,
      tokens: this.#tokens,
    };
    return ok(undefined);
  }

  /** The handler's answer is the client's, and so is that of a filter that kept it from being called: whatever pre and post
   * filters say behind them. (In Okapi the last of those speaks for a filter without a phase that has refused.)
   * @returns the body of a refusal, which was read to be kept; null where the answer still has its own */
  async keep({ route }: Stage, answer: UpstreamResponse): Promise<Uint8Array | null> {
    const { status, rawHeaders } = answer;
    const { phase } = route.entry;
    if (route.isHandler) {
      this.#handler = { status, headers: rawHeaders };
      return null;
    }
    if (isOk(status) || phase === "pre" || phase === "post") return null;
    const body = await refusalBody(answer);
    this.#refusal = { status, headers: rawHeaders, body, isAuth: phase === "auth" };
    this.#learned = null;
    return body;
  }

  /** @returns once, what auth filters have agreed on */
  takeLearned(): AuthDecision | null {
    const learned = this.#refusal === null ? this.#learned : null;
    this.#learned = null;
    return learned;
  }
}

async function refusalBody(answer: UpstreamResponse): Promise<Uint8Array> {
  const bytes = (await answer.body?.readAll(REFUSAL_BYTES)) ?? null;
  if (bytes === null) answer.abandon();
  return bytes ?? new Uint8Array();
}
