import { type Answered, call, type Call } from "./call.ts";

/** One call and what must come back. */
export interface AnswerCase extends Call {
  readonly claim: string;
  readonly status: number;
  /** The whole text, or what a part of it must match. */
  readonly text?: string | RegExp;
  /** Headers; null: it must not be there. */
  readonly has?: Readonly<Record<string, string | RegExp | null>>;
}

/** Makes the call at every gateway.
 * @returns a line for each thing that is not as wanted */
export async function complaintsAbout(urls: readonly string[], wanted: AnswerCase): Promise<string[]> {
  const complaints: string[] = [];
  for (const url of urls) {
    const answer = await call(url, wanted);
    complaints.push(...differences(answer, wanted).map((each) => `${url}: ${each}`));
  }
  return complaints;
}

function differences({ status, text, headers }: Answered, wanted: AnswerCase): string[] {
  const found: string[] = [];
  if (status !== wanted.status) found.push(`status ${status}, not ${wanted.status}: ${text}`);
  if (wanted.text !== undefined && !isLike(text, wanted.text)) found.push(`text ${text}, not ${wanted.text}`);
  for (const [name, value] of Object.entries(wanted.has ?? {})) {
    const given = headers[name.toLowerCase()] ?? null;
    if (value === null ? given !== null : given === null || !isLike(given, value)) {
      found.push(`${name}: ${given}, not ${value}`);
    }
  }
  return found;
}

function isLike(given: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? given === wanted : wanted.test(given);
}
