import { type RequestContext, sql, type Transaction } from "@octavo/module-kit";
import { type EventType, logEvents } from "./records.ts";
import type { TenantSettings } from "./tenant-settings.ts";

/** From where somebody comes, as far as anybody said. */
export interface Origin {
  readonly ip: string | null;
  readonly browser: string | null;
}

type Headers = Readonly<Record<string, string | undefined>>;

/** The last address is the one that the proxy nearest to us has seen; those before it may be anybody's words. */
export function originOf(headers: Headers): Origin {
  const ip = headers["x-forwarded-for"]?.split(",").at(-1)?.trim().slice(0, 100);
  const browser = headers["user-agent"]?.slice(0, 500);
  return {
    ip: ip === undefined || ip === "" ? null : ip,
    browser: browser === undefined || browser === "" ? null : browser,
  };
}

/** Written with what it tells of, where the tenant wants events of this kind. Never a password, a token, a hash. */
export async function logEvent(
  tx: Transaction,
  { type, userId }: { readonly type: EventType; readonly userId: string },
  { settings, origin, context }: { settings: TenantSettings; origin: Origin; context: RequestContext },
): Promise<void> {
  if (settings.loggedEvents?.has(type) !== true) return;
  const row = await tx.row<{ now: string }>(
    sql`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"') as now`,
  );
  await logEvents.create(
    tx,
    {
      eventType: type,
      tenant: context.tenantId,
      userId,
      timestamp: row?.now ?? "",
      ...(origin.ip !== null && { ip: origin.ip }),
      ...(origin.browser !== null && { browserInformation: origin.browser }),
    },
    context,
  );
}
