/** How octavo-users-bl behaves in a process: parsed once, from the environment. */
export interface UsersBlConfig {
  /** A forgotten name or password is answered no earlier than this, whether there is such a user or not. */
  readonly forgottenAnswerMs: number;
  /** Requests for a forgotten name or password within an hour; 0: no bound. */
  readonly forgottenPerHour: { readonly address: number; readonly account: number };
}

/** For the launch descriptor. */
export const usersBlVariables = [
  {
    name: "OCTAVO_FORGOTTEN_ANSWER_MS",
    value: "1500",
    description:
      "a forgotten name or password is answered no earlier, so that the time tells nobody who exists",
  },
  {
    name: "OCTAVO_FORGOTTEN_ADDRESS_PER_HOUR",
    value: "60",
    description: "forgotten names and passwords from an address within an hour, then 429; 0: no bound",
  },
  {
    name: "OCTAVO_FORGOTTEN_ACCOUNT_PER_HOUR",
    value: "5",
    description: "the same for what is typed, known or not, and messages to one user; 0: no bound",
  },
] as const;

/** @throws Error that names every variable with a value that does not do */
export function parseUsersBlConfig(env: Readonly<Record<string, string | undefined>>): UsersBlConfig {
  const mistakes: string[] = [];
  const number = (name: string, otherwise: number, most: number): number => {
    const text = env[name]?.trim() ?? "";
    if (text === "") return otherwise;
    const value = /^\d{1,9}$/u.test(text) ? Number(text) : -1;
    if (value < 0 || value > most) mistakes.push(`${name} is "${text}", not 0 to ${most}`);
    return value;
  };
  const config: UsersBlConfig = {
    forgottenAnswerMs: number("OCTAVO_FORGOTTEN_ANSWER_MS", 1500, 30_000),
    forgottenPerHour: {
      address: number("OCTAVO_FORGOTTEN_ADDRESS_PER_HOUR", 60, 1_000_000),
      account: number("OCTAVO_FORGOTTEN_ACCOUNT_PER_HOUR", 5, 1_000_000),
    },
  };
  if (mistakes.length > 0) throw new Error(`octavo-users-bl cannot start: ${mistakes.join("; ")}`);
  return config;
}
