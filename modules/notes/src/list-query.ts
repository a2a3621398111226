import { Type } from "@octavo/module-kit";

const MAX_INTEGER = 2_147_483_647;

/** Text that PostgreSQL can hold: all but the character 0. */
export const Text = Type.String({ pattern: "^[^\\u0000]*$" });

/** A page of any list here. */
export const page = {
  offset: Type.Integer({ minimum: 0, maximum: MAX_INTEGER, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: MAX_INTEGER, default: 1000 }),
};

export const ListQuery = Type.Object({ query: Type.Optional(Type.String({ description: "CQL" })), ...page });

/** Most that one answer holds, whatever is asked for; as mod-notes has it for notes of one thing. */
export const LONGEST_PAGE = 1000;
