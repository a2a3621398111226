import { err, ok } from "@octavo/result";
import type { Handler } from "./platform.ts";
import { javaInteger } from "./query-parameters.ts";
import { badRequest, refusedWrite } from "./refusals.ts";
import { json, presentFields } from "./reply.ts";

const defaultLimit = 100;
const maxLimit = 1_000;

interface AuditRow {
  /** Microseconds since 1970, in digits: an entry's place in the log. */
  readonly place: string;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly revision: string | null;
  readonly request_id: string | null;
}

/** The audit log, newest first, in pages: the next one begins `before` the last entry of this. */
export const listAudit: Handler = async (call, { registry }) => {
  const limit = javaInteger(call.query.get("limit") ?? String(defaultLimit));
  if (limit === null || limit < 1 || limit > maxLimit) {
    return badRequest(`Parameter limit must be a number from 1 to ${maxLimit}`);
  }
  const before = call.query.get("before");
  if (before !== null && !/^[0-9]{1,16}$/u.test(before)) {
    return badRequest("Parameter before must be the id of an audit entry");
  }
  const { actor, action } = { actor: call.query.get("actor"), action: call.query.get("action") };
  const rows = await registry.read(async (database) => {
    const found = await database.query<AuditRow>(
      `select floor(extract(epoch from at) * 1000000)::bigint as place, at, actor, action, target, outcome, revision, request_id
       from octavo.audit
       where ($1::bigint is null or at < to_timestamp(0) + $1::bigint * interval '1 microsecond')
         and ($2::text is null or actor = $2) and ($3::text is null or action = $3)
       order by at desc, write_id limit $4`,
      [before, actor, action, limit + 1],
    );
    return found.rows;
  });
  if (!rows.ok) return err(refusedWrite(rows.error));
  const page = rows.value.slice(0, limit);
  const last = rows.value.length > limit ? page.at(-1) : undefined;
  return ok(
    json(
      200,
      presentFields([
        ["entries", page.map(shown)],
        ["before", last === undefined ? null : Number(last.place)],
      ]),
    ),
  );
};

function shown(row: AuditRow) {
  return presentFields([
    ["id", Number(row.place)],
    ["at", row.at.toISOString()],
    ["actor", row.actor],
    ["action", row.action],
    ["target", row.target],
    ["outcome", row.outcome],
    ["revision", row.revision === null ? null : Number(row.revision)],
    ["requestId", row.request_id],
  ]);
}
