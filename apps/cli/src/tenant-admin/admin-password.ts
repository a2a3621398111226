import { randomBytes } from "node:crypto";

export interface AdminPassword {
  readonly password: string;
  /** Made here: it is to be shown, this once. */
  readonly isGenerated: boolean;
}

/** OCTAVO_ADMIN_PASSWORD, else one that nobody guesses and that satisfies every rule that FOLIO ships: capitals, small letters, digits, one
 * of the special characters, no character twice in a row. */
export function adminPassword(env: Readonly<Record<string, string | undefined>>): AdminPassword {
  const given = env["OCTAVO_ADMIN_PASSWORD"] ?? "";
  if (given !== "") return { password: given, isGenerated: false };
  const text = randomBytes(18)
    .toString("base64url")
    .replaceAll(/(.)\1+/gu, "$1");
  return { password: `${text}-Aa1`, isGenerated: true };
}
