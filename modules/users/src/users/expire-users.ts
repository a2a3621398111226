import {
  and,
  cql,
  equal,
  ordered,
  route,
  sql,
  timer,
  type TimerDefinition,
  type Transaction,
} from "@octavo/module-kit";
import { pushes } from "../identity-pushes.ts";
import { userRecords } from "./user-records.ts";

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

async function expireSome(tx: Transaction): Promise<readonly string[]> {
  const row = await tx.row<{ moment: string }>(
    sql`select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"') as moment`,
  );
  const moment = row?.moment ?? "";
  const query = cql(and(equal("active", true), ordered("expirationDate", "<", moment)));
  const { documents } = await userRecords.page(tx, query, null, AT_ONCE);
  const ids = documents.map(({ id }) => id);
  // Whoever was given more time meanwhile keeps it.
  const rows = await tx.rows<{ id: string }>(sql`
    update users set jsonb = jsonb || '{"active": false}'
    where id = any(${ids}::uuid[]) and jsonb -> 'active' = 'true' and jsonb ->> 'expirationDate' < ${moment}
    returning id`);
  return rows.map(({ id }) => id);
}
