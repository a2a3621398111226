import { type Connection, openConnection } from "@octavo/testing/open-connection";
import type { History } from "../history.ts";
import { Recorder } from "../recorder.ts";

/** Two writers and a follower of a log in PostgreSQL, in the order in which it matters: the first to begin commits last.
 * @param numberedBy what the follower goes by. "sequence": a number that is drawn when a row is inserted, so that a lower
 *   one can appear after a higher one was read. "counter": a row that is held from its increment to the commit. */
export async function followALog(url: string, numberedBy: "sequence" | "counter"): Promise<History> {
  const clients = await Promise.all([openConnection(url), openConnection(url), openConnection(url)]);
  const [first, second, follower] = clients;
  const recorder = new Recorder();
  try {
    await first.query(
      `create sequence numbers;
       create table counter (n bigint not null); insert into counter values (0);
       create table log (n bigint primary key, id text not null)`,
    );
    const next =
      numberedBy === "sequence"
        ? "select nextval('numbers') as n"
        : "update counter set n = n + 1 returning n";
    const insert = async (client: Connection, id: string): Promise<number> => {
      await client.query("begin");
      const { rows } = await client.query<{ n: string }>(next);
      const n = Number(rows[0]?.n);
      await client.query("insert into log values ($1, $2)", [n, id]);
      return n;
    };
    const applied = { n: 0, values: new Map<string, string>() };
    /** The follower's look, and the barrier: an answer waits until the follower has come so far. */
    const follow = async (until: number): Promise<void> => {
      do {
        const { rows } = await follower.query<{ n: string; id: string }>(
          "select n, id from log where n > $1 order by n",
          [applied.n],
        );
        for (const { n, id } of rows) {
          applied.n = Number(n);
          applied.values.set(registerOf(id), id);
        }
      } while (applied.n < until);
    };

    const [a, b] = [recorder.id("write"), recorder.id("write")];
    const began = (id: string) =>
      recorder.write({ id, instance: `writer of ${id}`, register: registerOf(id) });
    const answered = { outcome: "ok", because: "committed", missing: [], answers: ["done"] } as const;
    const [endA, endB] = [began(a), began(b)];
    const numberOfA = await insert(first, a);
    // With a counter it waits for the row that the first one holds.
    const insertedB = insert(second, b);
    const commitB = async (): Promise<void> => {
      const numberOfB = await insertedB;
      await second.query("commit");
      await follow(numberOfB);
      endB(answered);
    };
    if (numberedBy === "sequence") await commitB();
    await first.query("commit");
    await follow(numberOfA);
    endA(answered);
    if (numberedBy === "counter") await commitB();

    for (const id of [a, b]) {
      const end = recorder.read({
        id: recorder.id("read"),
        instance: "follower",
        register: registerOf(id),
      });
      end({ outcome: "ok", value: applied.values.get(registerOf(id)) ?? null });
    }
    const { rows } = await first.query<{ n: string; id: string }>("select n, id from log");
    const effects = new Map(rows.map(({ n, id }) => [id, [Number(n)]]));
    return recorder.history({ effects, chainFault: null, received: new Map() });
  } finally {
    for (const client of clients) await client.end();
  }
}

const registerOf = (id: string): string => `register of ${id}`;
