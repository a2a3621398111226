/** What our modules read besides what every module does; a test asks their definitions. */
export const ownModuleVariables = [
  {
    name: "DB_ALLOW_SUPPRESS_OPTIMISTIC_LOCKING",
    default: "",
    help: "until when the unsafe batches of octavo-inventory-storage may overwrite what somebody else has changed: 2026-12-31T23:59:59Z",
  },
  { name: "OCTAVO_LOGIN_ARGON2_MEMORY_KIB", default: "19456", help: "memory of one Argon2id" },
  { name: "OCTAVO_LOGIN_ARGON2_PASSES", default: "2", help: "passes over it" },
  { name: "OCTAVO_LOGIN_ARGON2_PARALLELISM", default: "1", help: "lanes of it" },
  {
    name: "OCTAVO_LOGIN_HASHES_AT_ONCE",
    default: "4",
    help: "passwords that a process hashes at once; each takes the memory",
  },
  {
    name: "OCTAVO_LOGIN_MOST_WAITING",
    default: "200",
    help: "passwords that wait for their turn; the next ones get 503",
  },
  {
    name: "OCTAVO_LOGIN_FAIL_ATTEMPTS",
    default: "5",
    help: "wrong passwords until the user is made inactive; 0: never",
  },
  {
    name: "OCTAVO_LOGIN_FAIL_TO_WARN_ATTEMPTS",
    default: "3",
    help: "wrong passwords until the user is warned",
  },
  {
    name: "OCTAVO_LOGIN_FAIL_TIMEOUT",
    default: "10",
    help: "minutes without one after which counting begins anew",
  },
  {
    name: "OCTAVO_LOGIN_ADDRESS_FAILURES_PER_MINUTE",
    default: "100",
    help: "wrong passwords from an address within a minute, then 429; 0: no bound",
  },
  {
    name: "OCTAVO_LOGIN_ACCOUNT_FAILURES_PER_MINUTE",
    default: "20",
    help: "the same for an account, known or not",
  },
  { name: "LOGIN_COOKIE_SAMESITE", default: "Lax", help: "Strict, Lax or None: SameSite of the cookies" },
  {
    name: "OCTAVO_PWNED_PASSWORDS_URL",
    default: "https://api.pwnedpasswords.com",
    help: "where octavo-password-validator asks for leaked passwords, by five digits of a hash; off: nowhere",
  },
  {
    name: "OCTAVO_FORGOTTEN_ANSWER_MS",
    default: "1500",
    help: "a forgotten name or password is answered no earlier, so that the time tells nobody who exists",
  },
  {
    name: "OCTAVO_FORGOTTEN_ADDRESS_PER_HOUR",
    default: "60",
    help: "forgotten names and passwords from an address within an hour, then 429; 0: no bound",
  },
  {
    name: "OCTAVO_FORGOTTEN_ACCOUNT_PER_HOUR",
    default: "5",
    help: "the same for what is typed, known or not, and messages to one user; 0: no bound",
  },
];
