import { sql } from "@octavo/database";
import { Type } from "typebox";
import { describe, expect, expectTypeOf, it } from "vitest";
import { notFound } from "../http/refusal.ts";
import { bytes, streamed } from "./answer.ts";
import { route } from "./route.ts";

const Tag = Type.Object({ id: Type.String(), label: Type.String(), aliases: Type.Array(Type.String()) });

describe("a route's handler", () => {
  it("has the types that path and schemas say", () => {
    const made = route({
      method: "PUT",
      path: "/tags/{id}/parts/{part}",
      query: Type.Object({ limit: Type.Optional(Type.Integer()) }),
      body: Tag,
      answers: { 200: Tag, 204: null },
      handle: async ({ params, query, body, context, db }) => {
        expectTypeOf(params).toEqualTypeOf<{ readonly id: string; readonly part: string }>();
        expectTypeOf(query.limit).toEqualTypeOf<number | undefined>();
        expectTypeOf(body.aliases).toEqualTypeOf<string[]>();
        expectTypeOf(context.tenantId).toBeString();
        const row = await db.read((tx) => tx.row<{ label: string }>(sql`select label from tags`));
        if (row === null) return notFound("tag", params.id);
        const aliases: readonly string[] = [];
        return body.label === "" ? { status: 204 } : { status: 200, body: { ...body, ...row, aliases } };
      },
    });
    expect(made).toMatchObject({ method: "PUT", permissionsRequired: [], modulePermissions: null });
  });

  it("may send and take what is not JSON, and nothing that it does not declare", () => {
    const file = route({
      method: "POST",
      path: "/files",
      body: bytes(["*"]),
      answers: { 200: bytes(["text/csv"]), 404: null },
      handle: ({ body }) => ({ status: 200, body: streamed(body) }),
    });
    route({
      method: "GET",
      path: "/tags",
      answers: { 200: Tag },
      // @ts-expect-error 201 is not declared
      handle: () => ({ status: 201, body: { id: "1", label: "x", aliases: [] } }),
    });
    route({
      method: "GET",
      path: "/tags",
      answers: { 200: Tag },
      // @ts-expect-error a tag has a label
      handle: () => ({ status: 200, body: { id: "1", aliases: [] } }),
    });
    expect(file.body).toMatchObject({ contentTypes: ["*"], limitBytes: 1024 ** 3 });
  });
});
