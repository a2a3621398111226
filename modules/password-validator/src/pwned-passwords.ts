import { createHash } from "node:crypto";
import type { Log } from "@octavo/module-kit";

const TIMEOUT_MS = 2000;
const LONGEST_ANSWER_BYTES = 1024 ** 2;

/** Whether a password is among those that have leaked: asked by five digits of its SHA-1, so that nobody learns which it is.
 * @param serviceUrl null: not asked
 * @returns false as well where the service does not answer: a list that is away keeps nobody from changing a password */
export async function isPwned(password: string, serviceUrl: string | null, log: Log): Promise<boolean> {
  if (serviceUrl === null || password.trim() === "") return false;
  const hash = createHash("sha1").update(password).digest("hex").toUpperCase();
  try {
    const answer = await fetch(`${serviceUrl}/range/${hash.slice(0, 5)}`, {
      headers: { "add-padding": "true" },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    const text = await answer.text();
    return text
      .slice(0, LONGEST_ANSWER_BYTES)
      .split("\n")
      .map((line) => line.trim().split(":"))
      .some(([suffix, count]) => suffix === hash.slice(5) && Number(count) > 0);
  } catch (error) {
    log.warn({ error }, "passwords that have leaked cannot be asked for; the rule was left out");
    return false;
  }
}
