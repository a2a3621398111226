/** What login-config.ts reads, for the launch descriptor and docs/environment.md. */
export const loginVariables = [
  { name: "OCTAVO_LOGIN_ARGON2_MEMORY_KIB", value: "19456", description: "memory of one Argon2id" },
  { name: "OCTAVO_LOGIN_ARGON2_PASSES", value: "2", description: "passes over it" },
  { name: "OCTAVO_LOGIN_ARGON2_PARALLELISM", value: "1", description: "lanes of it" },
  {
    name: "OCTAVO_LOGIN_HASHES_AT_ONCE",
    value: "4",
    description: "passwords that a process hashes at once; each takes the memory",
  },
  {
    name: "OCTAVO_LOGIN_MOST_WAITING",
    value: "200",
    description: "passwords that wait for their turn; the next ones get 503",
  },
  {
    name: "OCTAVO_LOGIN_FAIL_ATTEMPTS",
    value: "5",
    description: "wrong passwords until the user is made inactive; 0: never",
  },
  {
    name: "OCTAVO_LOGIN_FAIL_TO_WARN_ATTEMPTS",
    value: "3",
    description: "wrong passwords until the user is warned",
  },
  {
    name: "OCTAVO_LOGIN_FAIL_TIMEOUT",
    value: "10",
    description: "minutes without one after which counting begins anew",
  },
  {
    name: "OCTAVO_LOGIN_ADDRESS_FAILURES_PER_MINUTE",
    value: "100",
    description: "wrong passwords from an address within a minute, then 429; 0: no bound",
  },
  {
    name: "OCTAVO_LOGIN_ACCOUNT_FAILURES_PER_MINUTE",
    value: "20",
    description: "the same for an account, known or not",
  },
  {
    name: "LOGIN_COOKIE_SAMESITE",
    value: "Lax",
    description: "Strict, Lax or None: SameSite of the cookies",
  },
] as const;
