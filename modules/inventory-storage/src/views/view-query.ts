import { Type } from "@octavo/module-kit";

/** Instances of one page of a view: each brings all that belongs to it. */
const MOST = 1000;

export const viewQuery = {
  query: Type.Optional(Type.String({ description: "CQL over instances; without it everything" })),
  offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
  limit: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 10 }),
};

/** @returns a page that fits into memory, however long a one was asked for */
export function viewPage({
  query = null,
  offset,
  limit,
}: {
  readonly query?: string | null;
  readonly offset: number;
  readonly limit: number;
}) {
  return { query, offset, limit: Math.min(limit, MOST) };
}
