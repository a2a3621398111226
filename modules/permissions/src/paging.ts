import { Type } from "@octavo/module-kit";

const MAX_INTEGER = 2_147_483_647;
const integer = (minimum: number, start: number) =>
  Type.Integer({ minimum, maximum: MAX_INTEGER, default: start });
const mode = (each: "auto" | "exact" | "estimated" | "none") => Type.Literal(each);

/** Parameters of both lists: `length` and `start` are the older words for `limit` and `offset`. */
export const paging = {
  query: Type.Optional(Type.String()),
  offset: integer(0, 0),
  limit: integer(0, 10),
  length: integer(1, 10),
  start: integer(1, 1),
  sortBy: Type.Optional(Type.String()),
  totalRecords: Type.Union([mode("auto"), mode("exact"), mode("estimated"), mode("none")], {
    default: "auto",
  }),
};

interface Paging {
  readonly query?: string;
  readonly offset: number;
  readonly limit: number;
  readonly length: number;
  readonly start: number;
  readonly totalRecords: "auto" | "exact" | "estimated" | "none";
}

export function searchOf({ query = "", offset, limit, length, start, totalRecords }: Paging) {
  return {
    query: query === "" ? null : query,
    offset: start === 1 ? offset : start - 1,
    limit: length === 10 ? limit : length,
    totalRecords,
  };
}
