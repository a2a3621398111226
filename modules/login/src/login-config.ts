/** How sign-in behaves in a process: parsed once, from the environment. */
export interface LoginConfig {
  readonly cost: Argon2Cost;
  /** Passwords that are hashed at once in a process; each takes `cost.memoryKiB`. */
  readonly hashesAtOnce: number;
  /** Passwords that may wait for their turn; whoever comes then is told to try again. */
  readonly mostWaiting: number;
  readonly lockOut: LockOut;
  /** Wrong passwords within a minute, from one address and for one account; 0: no bound. */
  readonly failuresPerMinute: { readonly address: number; readonly account: number };
  readonly sameSite: SameSite;
}

export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** As mod-login's module arguments; a tenant's entries of mod-configuration win. */
export interface LockOut {
  /** Wrong passwords until the user is made inactive; 0: never. */
  readonly attempts: number;
  readonly attemptsToWarn: number;
  /** After so long without one, counting begins anew. */
  readonly timeoutMinutes: number;
}

const sameSites = ["Strict", "Lax", "None"] as const;
export type SameSite = (typeof sameSites)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** The cost is OWASP's for Argon2id: 19 MiB, two passes.
 * @throws Error that names every variable with a value that does not do */
export function parseLoginConfig(env: Environment): LoginConfig {
  const mistakes: string[] = [];
  const number = (name: string, otherwise: number, least: number, most: number): number => {
    const text = env[name]?.trim() ?? "";
    if (text === "") return otherwise;
    const value = /^\d{1,9}$/u.test(text) ? Number(text) : -1;
    if (value < least || value > most) mistakes.push(`${name} is "${text}", not ${least} to ${most}`);
    return value;
  };
  const wanted = env["LOGIN_COOKIE_SAMESITE"] ?? "Lax";
  const sameSite = sameSites.find((each) => each === wanted);
  if (sameSite === undefined) {
    mistakes.push(`LOGIN_COOKIE_SAMESITE is "${wanted}", not Strict, Lax or None`);
  }
  const config: LoginConfig = {
    cost: {
      memoryKiB: number("OCTAVO_LOGIN_ARGON2_MEMORY_KIB", 19_456, 64, 1_048_576),
      passes: number("OCTAVO_LOGIN_ARGON2_PASSES", 2, 1, 100),
      parallelism: number("OCTAVO_LOGIN_ARGON2_PARALLELISM", 1, 1, 8),
    },
    hashesAtOnce: number("OCTAVO_LOGIN_HASHES_AT_ONCE", 4, 1, 128),
    mostWaiting: number("OCTAVO_LOGIN_MOST_WAITING", 200, 0, 100_000),
    lockOut: {
      attempts: number("OCTAVO_LOGIN_FAIL_ATTEMPTS", 5, 0, 1000),
      attemptsToWarn: number("OCTAVO_LOGIN_FAIL_TO_WARN_ATTEMPTS", 3, 0, 1000),
      timeoutMinutes: number("OCTAVO_LOGIN_FAIL_TIMEOUT", 10, 1, 525_600),
    },
    failuresPerMinute: {
      address: number("OCTAVO_LOGIN_ADDRESS_FAILURES_PER_MINUTE", 100, 0, 1_000_000),
      account: number("OCTAVO_LOGIN_ACCOUNT_FAILURES_PER_MINUTE", 20, 0, 1_000_000),
    },
    sameSite: sameSite ?? "Lax",
  };
  if (mistakes.length > 0) throw new Error(`octavo-login cannot start: ${mistakes.join("; ")}`);
  return config;
}
