import { query } from "./query.ts";

/** Cuts every gateway off its database for as long as `work` takes. */
export async function withoutDatabase(databaseUrl: string, work: () => Promise<void>): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const admin = new URL(databaseUrl);
  admin.pathname = "/postgres";
  await query(admin.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await query(admin.href, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  try {
    await work();
  } finally {
    await query(admin.href, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  }
}
