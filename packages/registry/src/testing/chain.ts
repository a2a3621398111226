import { genesisHash } from "../logged-change.ts";
import { readChangesAfter } from "../read-log.ts";
import type { Registry } from "../registry.ts";
import { brokenLink } from "../verify-chain.ts";

/** What is wrong with the whole log, from the first change to the counter; null where nothing is. */
export async function faultOfLog(registry: Registry): Promise<string | null> {
  const read = await registry.read(async (client) => {
    const changes = await readChangesAfter(client, 0);
    const broken = brokenLink({ revision: 0, hash: genesisHash }, changes);
    if (broken !== null) return broken;
    const counter = await client.query<{ counter: string; hash: string }>(
      "select counter, hash from octavo.revision",
    );
    const last = changes.at(-1);
    const isAtEnd =
      counter.rows[0]?.counter === String(last?.revision ?? 0) &&
      counter.rows[0].hash === (last?.hash ?? genesisHash);
    return isAtEnd ? null : "the counter's row is not at the last change";
  });
  return read.ok ? read.value : JSON.stringify(read.error);
}
