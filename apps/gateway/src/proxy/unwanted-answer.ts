import type { UpstreamResponse } from "@octavo/http-wire";
import type { Result } from "@octavo/result";
import type { LogTap } from "./log-tap.ts";

/** What an answer that is passed over may have for a body before its connection is closed rather than read to its end. */
const IGNORED_BYTES = 64 * 1024;

/** Reads a body that nobody wants to its end where that is near, so that the connection serves again. */
export async function ignoreBody(answer: UpstreamResponse): Promise<void> {
  try {
    const bytes = await answer.body?.readAll(IGNORED_BYTES);
    if (bytes === null) answer.abandon();
  } catch {
    // It broke off: nobody wanted it.
  }
}

/** Gives up those answers that nobody has read to the end. In the next turn, because one that was just read has ended only
 * then, and would lose its connection before. */
export function abandonUnread(answers: ReadonlySet<UpstreamResponse>): void {
  setImmediate(() => {
    for (const answer of answers) answer.abandon();
  });
}

/** A log stage's call to its end. Nothing of it concerns anybody else; only then nobody waits for it any more. */
export async function ignoreCall(
  call: Promise<Result<UpstreamResponse, unknown>>,
  tap: LogTap | null,
): Promise<void> {
  try {
    const answer = await call;
    if (!answer.ok) return;
    await ignoreBody(answer.value);
    await answer.value.ended;
  } catch {
    // The body broke off: whoever else reads it hears of it.
  } finally {
    tap?.giveUp();
  }
}
