import type { TimerClient } from "./timer-client.ts";

/** Says that this instance fires timers. An instance that serves and fires none (of an older version, or one that only looks)
 * must not be given groups. */
export async function showRunner(client: TimerClient, instanceId: string): Promise<void> {
  await client.query(
    `insert into octavo.timer_runner (instance_id, seen_at) values ($1, clock_timestamp())
     on conflict (instance_id) do update set seen_at = excluded.seen_at`,
    [instanceId],
  );
  await client.query("delete from octavo.timer_runner where seen_at < clock_timestamp() - interval '1 day'");
}

/** Those that were seen within so long. */
export async function liveRunners(client: TimerClient, withinMs: number): Promise<readonly string[]> {
  const { rows } = await client.query<{ instance_id: string }>(
    "select instance_id from octavo.timer_runner where seen_at > clock_timestamp() - make_interval(secs => $1)",
    [withinMs / 1000],
  );
  return rows.map(({ instance_id: id }) => id);
}

export async function forgetRunner(client: TimerClient, instanceId: string): Promise<void> {
  await client.query("delete from octavo.timer_runner where instance_id = $1", [instanceId]);
}
