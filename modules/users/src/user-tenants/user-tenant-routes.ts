import { type Clause, and, conflict, cql, equal, or, type Route, route, Type } from "@octavo/module-kit";
import { userTenants } from "./user-tenants.ts";

const text = Type.Optional(Type.String());
const filters = {
  userId: text,
  username: text,
  tenantId: text,
  email: text,
  phoneNumber: text,
  mobilePhoneNumber: text,
  barcode: text,
  externalSystemId: text,
};
const fields = Object.keys(filters) as readonly (keyof typeof filters)[];

const list = route({
  method: "GET",
  path: "/user-tenants",
  summary: "Lists in which tenants users sign in",
  permissionsRequired: ["user-tenants.collection.get"],
  query: Type.Object({
    ...filters,
    queryOp: Type.String({ default: "and", description: "and: all filters fit; or: one of them" }),
    offset: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 }),
    limit: Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 10 }),
  }),
  answers: {
    200: Type.Object({ userTenants: Type.Array(userTenants.schema), totalRecords: Type.Integer() }),
  },
  handle: async ({ query: { offset, limit, queryOp, ...wanted }, db }) => {
    const [first, ...rest] = fields.flatMap((field): readonly Clause[] => {
      const value = wanted[field];
      return value === undefined || value.trim() === "" ? [] : [equal(field, value)];
    });
    const joined = queryOp.toLowerCase() === "or" ? or : and;
    const query = first === undefined ? null : cql(joined(first, ...rest));
    const page = { query, offset, limit, totalRecords: "exact" as const };
    const { documents, total } = await db.read((tx) => userTenants.search(tx, page));
    return { status: 200, body: { userTenants: documents, totalRecords: total?.count ?? 0 } };
  },
});

const post = route({
  method: "POST",
  path: "/user-tenants",
  summary: "Says in which tenant a user signs in",
  permissionsRequired: ["user-tenants.item.post"],
  body: userTenants.schema,
  answers: { 201: null },
  handle: async ({ body, db, context }) => {
    await db.tx((tx) => userTenants.create(tx, body as Parameters<typeof userTenants.create>[1], context)); // as: the schema is one's
    return { status: 201 };
  },
});

const deleteOnly = route({
  method: "DELETE",
  path: "/user-tenants",
  summary: "Takes a member of a consortium out of it, whose only record is that",
  permissionsRequired: ["user-tenants.item.delete"],
  answers: { 204: null },
  handle: async ({ db }) => {
    const everything = { query: null, offset: 0, limit: 2, totalRecords: "none" as const };
    await db.tx(async (tx) => {
      const { documents } = await userTenants.search(tx, everything);
      const [only, second] = documents;
      if (only === undefined || second !== undefined)
        throw conflict("User-tenant table in member ECS tenant should contain 1 record", "not-a-member");
      await userTenants.delete(tx, only.id);
    });
    return { status: 204 };
  },
});

export const userTenantRoutes: readonly Route[] = [list, post, deleteOnly];
