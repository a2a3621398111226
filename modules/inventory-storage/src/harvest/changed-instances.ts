import { badRequest, type Sql, sql } from "@octavo/module-kit";

/** From when to when, as harvesters ask: "2024-01-31T00:00:00Z"; without a bound as far as there is anything. */
export interface Period {
  readonly startDate?: string;
  readonly endDate?: string;
}

export interface ChangedInput extends Period {
  /** Also those of which only holdings records or items have changed. */
  readonly withRelated: boolean;
  readonly withDeleted: boolean;
  readonly withoutSuppressed: boolean;
  /** Only of this source. */
  readonly source: string | null;
}

/** A row of `changedInstances`. */
export interface ChangedInstance {
  readonly id: string;
  readonly source: string | null;
  readonly updated: string;
  readonly isSuppressed: boolean;
  readonly isDeleted: boolean;
}

/** Instances that have changed within a period, with the last change of what is about them; those that were deleted in it besides. */
export function changedInstances(input: ChangedInput): Sql {
  const [from, to] = [bound(input.startDate, "0000"), bound(input.endDate, "9999")];
  const { withRelated, withDeleted, withoutSuppressed, source } = input;
  // The expression is that of the index by which updatedDate is searched.
  const within = (of: "i" | "h" | "t"): Sql => {
    const column = { i: sql`i.jsonb`, h: sql`h.jsonb`, t: sql`t.jsonb` }[of];
    return sql`left((${column} -> 'metadata' ->> 'updatedDate'), 600) collate "C" between ${from} and ${to}`;
  };
  return sql`
    with changed (instance, at) as (
      select i.id, i.jsonb #>> '{metadata,updatedDate}' from instance as i where ${within("i")}
      union all
      select h.instanceid, h.jsonb #>> '{metadata,updatedDate}' from holdings_record as h where ${withRelated} and ${within("h")}
      union all
      select h.instanceid, t.jsonb #>> '{metadata,updatedDate}' from item as t join holdings_record as h on h.id = t.holdingsrecordid
        where ${withRelated} and ${within("t")}
      union all
      select (jsonb #>> '{record,instanceId}')::uuid, jsonb ->> 'createdDate' from audit_holdings_record
        where ${withRelated} and (jsonb ->> 'createdDate') collate "C" between ${from} and ${to}
      union all
      select h.instanceid, a.jsonb ->> 'createdDate' from audit_item as a
        join holdings_record as h on h.id = (a.jsonb #>> '{record,holdingsRecordId}')::uuid
        where ${withRelated} and (a.jsonb ->> 'createdDate') collate "C" between ${from} and ${to})
    select i.id, i.jsonb ->> 'source' as source, max(changed.at) as updated,
        coalesce((i.jsonb ->> 'discoverySuppress')::boolean, false) as "isSuppressed", false as "isDeleted"
      from changed join instance as i on i.id = changed.instance
      where (${source}::text is null or i.jsonb ->> 'source' = ${source})
        and not (${withoutSuppressed} and coalesce((i.jsonb ->> 'discoverySuppress')::boolean, false))
      group by i.id
    union all
    select (jsonb #>> '{record,id}')::uuid, jsonb #>> '{record,source}', jsonb ->> 'createdDate', false, true from audit_instance
      where ${withDeleted} and (jsonb ->> 'createdDate') collate "C" between ${from} and ${to}
        and (${source}::text is null or jsonb #>> '{record,source}' = ${source})`;
}

/** As dates are stored, so that texts compare as the moments do.
 * @throws Refusal 400 */
function bound(date: string | undefined, unbounded: string): string {
  if (date === undefined || date === "") return unbounded;
  const at = new Date(date);
  if (Number.isNaN(at.getTime())) throw badRequest(`${date} is no date: write 2024-01-31T00:00:00Z`);
  return at.toISOString().replace("Z", "+00:00");
}
