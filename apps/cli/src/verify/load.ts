import { setTimeout as delay } from "node:timers/promises";
import { isReady, PATH, TENANT, type TestInstallation } from "./test-installation.ts";

export const CLIENTS = 4;
/** As often as a balancer looks, in the files that we ship. */
const LOOK_EVERY_MS = 200;
const PAUSE_MS = 5;
const WRITE_EVERY_MS = 200;

/** What the clients saw. */
export interface LoadReport {
  readonly calls: number;
  readonly failures: readonly string[];
  readonly refused: number;
  readonly posts: readonly string[];
  /** Names of entries whose write was acknowledged; how many writes were not. */
  readonly written: readonly string[];
  readonly writesRefused: number;
}

/** Clients behind a balancer of their own that sends them to gateways which say that they are ready; half of their calls are POSTs, none is repeated.
 * And one that writes entries of the environment.
 * @param round names what is written and sent */
export function startLoad({ gateways }: TestInstallation, round: string): () => Promise<LoadReport> {
  const stop = new AbortController();
  const [failures, posts, written]: string[][] = [[], [], []];
  const counts = { calls: 0, refused: 0, writesRefused: 0 };
  let ready: readonly string[] = gateways.map(({ url }) => url);
  let turn = 0;
  const next = (): string | null => ready[turn++ % Math.max(1, ready.length)] ?? null;
  const repeat = async (pauseMs: number, act: (number: number) => Promise<void>): Promise<void> => {
    for (let number = 0; !stop.signal.aborted; number += 1) {
      await act(number);
      await delay(pauseMs);
    }
  };
  const look = async (): Promise<void> => {
    const are = await Promise.all(gateways.map(({ url }) => isReady(url)));
    ready = gateways.filter((_gateway, at) => are[at]).map(({ url }) => url);
  };
  const call = async (client: number, number: number): Promise<void> => {
    const url = next();
    if (url === null) return;
    counts.calls += 1;
    const id = `${round}-${client}-${number}`;
    const isPost = number % 2 === 0;
    if (isPost) posts?.push(id);
    const failure = await answered(url + PATH, {
      method: isPost ? "POST" : "GET",
      headers: { "X-Okapi-Tenant": TENANT },
      ...(isPost && { body: id }),
    });
    if (failure === REFUSED) counts.refused += 1;
    else if (failure !== null) failures?.push(`${id} at ${url}: ${failure}`);
  };
  const write = async (number: number): Promise<void> => {
    const url = next();
    if (url === null) return;
    const name = `VERIFY_${round}_${number}`;
    const failure = await answered(`${url}/_/env`, {
      method: "POST",
      body: JSON.stringify({ name, value: "" }),
    });
    if (failure === null) written?.push(name);
    else counts.writesRefused += 1;
  };
  const running = [
    repeat(LOOK_EVERY_MS, look),
    repeat(WRITE_EVERY_MS, write),
    ...Array.from({ length: CLIENTS }, (_none, client) => repeat(PAUSE_MS, (number) => call(client, number))),
  ];
  return async () => {
    stop.abort();
    await Promise.all(running);
    return { ...counts, failures: failures ?? [], posts: posts ?? [], written: written ?? [] };
  };
}

const REFUSED = "nobody was there";

/** @returns what was wrong, or null */
async function answered(url: string, call: RequestInit): Promise<string | null> {
  try {
    const answer = await fetch(url, { ...call, signal: AbortSignal.timeout(30_000) });
    const text = await answer.text();
    return answer.status < 300 ? null : `${answer.status} ${text}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const isRefused = cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
    return isRefused ? REFUSED : String(cause);
  }
}
