import { JsonNumber, isJsonArray } from "@octavo/json";
import type { JsonObject, JsonValue } from "@octavo/json";
import { err, ok } from "@octavo/result";
import type { Result } from "@octavo/result";

/** What our tokens say, by kind. The names are those of mod-authtoken, because modules read sub, user_id and tenant out of
 * the payload without asking anybody; iss, exp, jti, epoch and what follows from them are ours. Times are in seconds.
 * mod-authtoken's kind "api" is missing: no route of it ever issued one. */
export type Claims =
  | AccessClaims
  | LegacyAccessClaims
  | RefreshClaims
  | ModuleClaims
  | DummyClaims
  | AnonymousClaims
  | SystemClaims;

export type TokenType = Claims["type"];

interface EveryToken {
  readonly iss: string;
  readonly tenant: string;
  /** The user's name, or for tokens without a user a name that no user has. */
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  /** The tenant's epoch when it was signed: an older one than the tenant has now ends the token. */
  readonly epoch: number;
}

interface OfUser extends EveryToken {
  readonly user_id: string;
  /** The user's epoch when it was signed. */
  readonly user_epoch: number;
}

/** From sign-in or refresh, for the header X-Okapi-Token or the cookie folioAccessToken. */
export interface AccessClaims extends OfUser {
  readonly type: "access";
  /** The session: the family of refresh tokens that it came with. */
  readonly sid: string;
}

/** For clients that cannot refresh (POST /token): a long life, ended by epochs only. */
export interface LegacyAccessClaims extends OfUser {
  readonly type: "legacy-access";
}

/** Sent to /token/refresh and /token/invalidate in a body, never accepted as a caller's token. */
export interface RefreshClaims extends OfUser {
  readonly type: "refresh";
  readonly prn: "refresh";
  readonly sid: string;
  /** Which one of its family: 1 from sign-in, one more with each refresh. */
  readonly gen: number;
}

/** What a module calls others with: on behalf of the caller, with permissions that its descriptor gives it besides. */
export interface ModuleClaims extends EveryToken {
  readonly type: "module";
  readonly module: string;
  /** Null where the call that it was made for had no user. */
  readonly user_id: string | null;
  readonly user_epoch: number | null;
  readonly extra_permissions: readonly string[];
}

/** Just these permissions and no user: links to reset a password, edge modules. */
export interface DummyClaims extends EveryToken {
  readonly type: "dummy" | "dummy-expiring";
  readonly extra_permissions: readonly string[];
}

/** A call of a public route by nobody. Modules want a token in any case; it opens nothing else. */
export interface AnonymousClaims extends EveryToken {
  readonly type: "anonymous";
}

/** The platform itself in a tenant (timers, _tenant calls, an operator acting there), without a user. */
export interface SystemClaims extends EveryToken {
  readonly type: "system";
  /** The module that the gateway calls with it, and which so holds it; null where an operator acts. It need not be enabled: `_tenant` comes
   * before. */
  readonly module: string | null;
  /** What that module may do with it; null: everything (an operator acts). */
  readonly extra_permissions: readonly string[] | null;
  /** Who acts, for the audit: "operator:<id>", "timer:<id>", "job:<id>" (RFC 8693's claim `act`, its `sub`). */
  readonly act: string;
}

/** `act` of what a module keeps until it has told gateways of changed users: it says such changes, and opens nothing else. */
export const PUSH_ACTOR = "identity-pushes";

export function isForPushes(claims: Claims): boolean {
  return claims.type === "system" && claims.act === PUSH_ACTOR;
}

/** RFC 8725, 3.11: each kind has a type of its own in the header, so that none passes for another. */
export const typOf: Readonly<Record<TokenType, string>> = {
  access: "octavo-access+jwt",
  "legacy-access": "octavo-legacy-access+jwt",
  refresh: "octavo-refresh+jwt",
  module: "octavo-module+jwt",
  dummy: "octavo-dummy+jwt",
  "dummy-expiring": "octavo-dummy-expiring+jwt",
  anonymous: "octavo-anonymous+jwt",
  system: "octavo-system+jwt",
};

/** mod-authtoken's beginning of `sub` where there is no user; a name of a user cannot begin so. */
export const NO_USER_PREFIX = "UNDEFINED_USER__";

/** The payload in the order in which mod-authtoken writes its own. */
export function printClaims(claims: Claims): JsonObject {
  const payload = new Map<string, JsonValue>([
    ["type", claims.type],
    ["tenant", claims.tenant],
    ["sub", claims.sub],
  ]);
  switch (claims.type) {
    case "access":
      putUser(payload, claims);
      payload.set("sid", claims.sid);
      break;
    case "legacy-access":
      putUser(payload, claims);
      break;
    case "refresh":
      putUser(payload, claims);
      payload.set("sid", claims.sid).set("gen", claims.gen).set("prn", claims.prn);
      break;
    case "module":
      payload.set("module", claims.module);
      putUser(payload, claims);
      payload.set("extra_permissions", claims.extra_permissions);
      break;
    case "dummy":
    case "dummy-expiring":
      payload.set("dummy", true).set("extra_permissions", claims.extra_permissions);
      break;
    case "anonymous":
      payload.set("dummy", true);
      break;
    case "system":
      payload.set("act", new Map([["sub", claims.act]]));
      if (claims.module !== null) payload.set("module", claims.module);
      if (claims.extra_permissions !== null) payload.set("extra_permissions", claims.extra_permissions);
      break;
  }
  payload.set("iat", claims.iat).set("exp", claims.exp).set("iss", claims.iss);
  return payload.set("jti", claims.jti).set("epoch", claims.epoch);
}

function putUser(
  payload: Map<string, JsonValue>,
  { user_id, user_epoch }: { user_id: string | null; user_epoch: number | null },
): void {
  if (user_id !== null) payload.set("user_id", user_id).set("user_epoch", user_epoch);
}

/** Claims that are not known are passed over: an instance of the next version may write more than this one reads.
 * @returns or a sentence that names the claim which is missing or of the wrong type */
export function parseClaims(payload: JsonObject): Result<Claims, string> {
  const read = new ClaimReader(payload);
  const claims = read.claims();
  return read.problem === null && claims !== null ? ok(claims) : err(read.problem ?? "the type is not known");
}

/** Reads on after a problem; the first one counts. */
class ClaimReader {
  readonly #payload: JsonObject;
  problem: string | null = null;

  constructor(payload: JsonObject) {
    this.#payload = payload;
  }

  claims(): Claims | null {
    const type = this.#string("type");
    switch (type) {
      case "access":
        return { ...this.#every(), ...this.#user(), type, sid: this.#string("sid") };
      case "legacy-access":
        return { ...this.#every(), ...this.#user(), type };
      case "refresh": {
        if (this.#string("prn") !== "refresh") this.#no("prn", '"refresh"');
        const family = { sid: this.#string("sid"), gen: this.#count("gen") };
        return { ...this.#every(), ...this.#user(), ...family, type, prn: "refresh" };
      }
      case "module": {
        const user = this.#payload.has("user_id") ? this.#user() : { user_id: null, user_epoch: null };
        const of = { module: this.#string("module"), extra_permissions: this.#strings("extra_permissions") };
        return { ...this.#every(), ...user, ...of, type };
      }
      case "dummy":
      case "dummy-expiring":
        return { ...this.#every(), type, extra_permissions: this.#strings("extra_permissions") };
      case "anonymous":
        return { ...this.#every(), type };
      case "system": {
        const isLimited = this.#payload.has("extra_permissions");
        const extra_permissions = isLimited ? this.#strings("extra_permissions") : null;
        const module = this.#payload.has("module") ? this.#string("module") : null;
        return { ...this.#every(), type, act: this.#actor(), module, extra_permissions };
      }
      default:
        return null;
    }
  }

  #every(): EveryToken {
    return {
      iss: this.#string("iss"),
      tenant: this.#string("tenant"),
      sub: this.#string("sub"),
      iat: this.#count("iat"),
      exp: this.#count("exp"),
      jti: this.#string("jti"),
      epoch: this.#count("epoch"),
    };
  }

  #user() {
    return { user_id: this.#string("user_id"), user_epoch: this.#count("user_epoch") };
  }

  #actor(): string {
    const actor = this.#payload.get("act");
    const sub = actor instanceof Map ? actor.get("sub") : null;
    if (typeof sub === "string" && sub !== "") return sub;
    return this.#no("act", "an object with sub");
  }

  #string(name: string): string {
    const value = this.#payload.get(name);
    return typeof value === "string" && value !== "" ? value : this.#no(name, "a string");
  }

  #strings(name: string): readonly string[] {
    const value = this.#payload.get(name);
    if (value !== undefined && isJsonArray(value)) {
      const strings = value.filter((item) => typeof item === "string");
      if (strings.length === value.length) return strings;
    }
    this.#no(name, "a list of strings");
    return [];
  }

  #count(name: string): number {
    const value = this.#payload.get(name);
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    this.#no(name, value instanceof JsonNumber ? "a whole number that is exact" : "a whole number");
    return 0;
  }

  #no(name: string, wanted: string): "" {
    this.problem ??= `the claim ${name} is not ${wanted}`;
    return "";
  }
}
