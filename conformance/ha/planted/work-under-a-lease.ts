import { openConnection } from "@octavo/testing/open-connection";
import type { History } from "../history.ts";
import { Recorder } from "../recorder.ts";

/** Two instances, one lease, one slot of a timer that is to fire once. The first takes the lease, looks, and stands still;
 * the second takes over and fires; the first goes on.
 * @param isFenced whether the effect is conditional on the lease's epoch, in the same statement */
export async function workUnderALease(url: string, isFenced: boolean): Promise<History> {
  const client = await openConnection(url);
  const recorder = new Recorder();
  try {
    await client.query(
      `create table lease (holder text not null, epoch bigint not null, expires_at timestamptz not null);
       insert into lease values ('nobody', 0, '-infinity');
       create table fire (n bigint generated always as identity, slot text not null)`,
    );
    const take = async (holder: string, seconds: number): Promise<string | undefined> => {
      const { rows } = await client.query<{ epoch: string }>(
        `update lease set holder = $1, epoch = epoch + 1, expires_at = clock_timestamp() + make_interval(secs => $2)
         where expires_at < clock_timestamp() returning epoch`,
        [holder, seconds],
      );
      return rows[0]?.epoch;
    };
    const isFired = async (slot: string): Promise<boolean> =>
      (await client.query("select from fire where slot = $1", [slot])).rowCount !== 0;
    const fire = async (slot: string, epoch: string): Promise<void> => {
      await client.query(
        "insert into fire (slot) select $1 where not $2 or exists (select from lease where epoch = $3)",
        [slot, isFenced, epoch],
      );
    };

    const slot = recorder.id("write");
    const end = recorder.write({ id: slot, instance: "one", register: "timer" });
    const mine = (await take("one", 0)) ?? "";
    const wasFired = await isFired(slot);
    // The first stands still here: its lease has expired.
    const theirs = (await take("two", 60)) ?? "";
    if (!(await isFired(slot))) await fire(slot, theirs);
    // And goes on here.
    if (!wasFired) await fire(slot, mine);
    end({ outcome: "ok", because: "fired", missing: [], answers: ["fired"] });

    const { rows } = await client.query<{ n: string }>("select n from fire order by n");
    const effects = new Map([[slot, rows.map(({ n }) => Number(n))]]);
    return recorder.history({ effects, chainFault: null, received: new Map() });
  } finally {
    await client.end();
  }
}
