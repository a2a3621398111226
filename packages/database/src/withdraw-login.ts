import { AdminSession, quoted } from "./admin-session.ts";
import { identityOf } from "./cluster.ts";
import { repeated } from "./lost-race.ts";
import type { Place } from "./place.ts";
import type { AdminCluster } from "./provision-place.ts";

/** Ends that the processes' login may become the runtime role of a schema. Transactions that are open go on to their end; where there is
 * no such role nothing is to do. */
export async function withdrawLogin(cluster: AdminCluster, { database, schema }: Place): Promise<void> {
  const login = identityOf(cluster.loginUrl).user;
  const isMember = `SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles l ON l.oid = m.member
    WHERE r.rolname = $1 AND l.rolname = $2`;
  const withdraw = async (session: AdminSession): Promise<void> => {
    if (await session.isThere(isMember, [schema, login])) {
      await session.all(`REVOKE ${quoted(schema)} FROM ${quoted(login)}`);
    }
  };
  await repeated(() => AdminSession.with(cluster.connections, database, withdraw), cluster.random);
}
