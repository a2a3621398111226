import { route, sql, timer, type TimerDefinition, type Transaction } from "@octavo/module-kit";
import { pushes } from "../identity-pushes.ts";

/** Users of one transaction, and of one push. */
const AT_ONCE = 500;

/** Who has expired is inactive within a minute, and gateways know it. */
export const expiry: TimerDefinition = timer(
  route({
    method: "POST",
    path: "/users/expire/timer",
    summary: "Sets users inactive whose time is over",
    modulePermissions: [],
    answers: { 204: null },
    handle: async (call) => {
      for (;;) {
        const expired = await pushes.tx(call, async (tx, tell) => {
          const ids = await expireSome(tx);
          tell({ ended: ids });
          return ids.length;
        });
        if (expired > 0) call.context.log.info({ users: expired }, "users have expired");
        if (expired < AT_ONCE) return { status: 204 };
      }
    },
  }),
  { unit: "minute", delay: 1 },
);

/** Whoever is being written at this moment is looked at a minute later. */
async function expireSome(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    with expired as materialized (
      select id from users
      where jsonb -> 'active' = 'true' and (jsonb ->> 'expirationDate') collate "C" <
        to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"')
      order by (jsonb ->> 'expirationDate') collate "C" limit ${AT_ONCE} for update skip locked)
    update users set jsonb = jsonb || '{"active": false}' from expired where users.id = expired.id
    returning users.id`);
  return rows.map(({ id }) => id);
}
