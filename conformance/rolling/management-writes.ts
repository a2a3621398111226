import { setTimeout as delay } from "node:timers/promises";

export interface ManagementWrites {
  /** How many were acknowledged so far. */
  readonly done: number;
  /** @returns what went wrong, and the names of what was acknowledged */
  stop(): Promise<{ readonly failures: readonly string[]; readonly names: readonly string[] }>;
}

/** Writes one entry of the environment after another, each once: none may fail.
 * @param chooseGateway as a balancer does */
export function startWrites(chooseGateway: () => Promise<string>): ManagementWrites {
  const failures: string[] = [];
  const names: string[] = [];
  const stop = new AbortController();
  const running = (async (): Promise<void> => {
    for (let number = 0; !stop.signal.aborted; number += 1) {
      const name = `WRITTEN_${number}`;
      const failure = await write(await chooseGateway(), name);
      if (failure === null) names.push(name);
      else failures.push(`${name}: ${failure}`);
      await delay(50);
    }
  })();
  return {
    get done() {
      return names.length;
    },
    async stop() {
      stop.abort();
      await running;
      return { failures, names };
    },
  };
}

async function write(url: string, name: string): Promise<string | null> {
  try {
    const answer = await fetch(`${url}/_/env`, {
      method: "POST",
      headers: { Connection: "close" },
      body: JSON.stringify({ name, value: "" }),
    });
    const text = await answer.text();
    return answer.status === 201 ? null : `${answer.status} ${text}`;
  } catch (error) {
    return String(error);
  }
}
