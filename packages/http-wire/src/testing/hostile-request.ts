import { readFileSync } from "node:fs";

/** One request and what must become of it. `@(text*n)` in a line stands for n repetitions. */
export interface HostileRequest {
  readonly name: string;
  /** Head lines, without their ends; or the bytes themselves in `raw`. */
  readonly lines?: readonly string[];
  readonly body?: string;
  readonly raw?: string;
  /** The status of the refusal. Nothing of it may reach the application. */
  readonly refused?: number;
  /** Adapters that cannot see the fault (their parser keeps no trace of it) and take it for the request it resembles. */
  readonly lenient?: readonly string[];
  /** The fault lies in the body, so that the application sees the head. */
  readonly readsBody?: true;
  /** So large that it is not sent byte by byte. */
  readonly isBig?: true;
  /** What the application must see. `headers` are all that there may be beside Host. */
  readonly accepted?: {
    readonly target?: string;
    readonly targetLength?: number;
    readonly host?: string | null;
    readonly headers?: Readonly<Record<string, string>>;
    readonly headerCount?: number;
    readonly body?: string;
  };
}

export function hostileRequests(): readonly HostileRequest[] {
  const text = readFileSync(new URL("hostile-requests.json", import.meta.url), "utf8");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own file, beside this one
  return JSON.parse(text) as readonly HostileRequest[];
}

export function bytesOf(request: HostileRequest): string {
  if (request.raw !== undefined) return request.raw;
  const head = (request.lines ?? []).map((line) => `${expand(line)}\r\n`).join("");
  return `${head}\r\n${request.body ?? ""}`;
}

function expand(line: string): string {
  return line.replace(/@\(([^*]*)\*(\d+)\)/gs, (_all, text: string, count: string) =>
    text.repeat(Number(count)),
  );
}
