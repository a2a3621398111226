import { badRequest, type Refusal, Type } from "@octavo/module-kit";

/** As mod-inventory reads them: texts, of which it says itself what is wrong. */
export const listQuery = Type.Object({
  query: Type.Optional(Type.String({ description: "CQL" })),
  limit: Type.String({ default: "10" }),
  offset: Type.String({ default: "0" }),
});

export interface ListPage {
  readonly limit: number;
  readonly offset: number;
}

const MAX_INTEGER = 2_147_483_647;

/** @returns what is asked for, or 400 */
export function pageOf(asked: { readonly limit: string; readonly offset: string }): ListPage | Refusal {
  const [limit, offset] = [numberOf(asked.limit), numberOf(asked.offset)];
  if (limit === null || offset === null) return badRequest("limit and offset must be numeric when supplied");
  return { limit, offset };
}

/** @returns null for what is no number of rows */
export function numberOf(text: string): number | null {
  const number = Number(text);
  return /^\d+$/u.test(text) && number <= MAX_INTEGER ? number : null;
}
