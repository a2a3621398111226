import { Refusal } from "@octavo/module-kit";
import type { LockOut } from "./login-config.ts";

/** mod-login's answers (LoginAPI, LoginAttemptsHelper); its clients read the codes. */
export function wrongPassword(username: string | undefined, count: number, { attemptsToWarn }: LockOut) {
  const code = count === attemptsToWarn ? "password.incorrect.warn.user" : "password.incorrect";
  return refused("Password does not match", code, username);
}

export function nowBlocked(): Refusal {
  return refused("Fifth failed attempt", "password.incorrect.block.user");
}

export function blocked(): Refusal {
  return refused("User must be flagged as active", "user.blocked");
}

function refused(message: string, code: string, username?: string): Refusal {
  const parameters = username === undefined ? [] : [{ key: "username", value: username }];
  return new Refusal(422, [{ message, type: "error", code, parameters }]);
}
