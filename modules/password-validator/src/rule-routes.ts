import {
  invalid,
  listJson,
  notFound,
  piecesWithin,
  type Refusal,
  type RequestContext,
  type Route,
  route,
  streamed,
  type Transaction,
  Type,
  Uuid,
} from "@octavo/module-kit";
import { type Rule, rules } from "./rules.ts";

const path = "/tenant/rules";
const Page = { minimum: 0, maximum: 2_147_483_647 };

/** 200 and not 201 for a new rule, a PUT without an id in its path: as mod-password-validator has it. */
export const ruleRoutes: readonly Route[] = [
  route({
    method: "GET",
    path,
    summary: "Lists the rules",
    query: Type.Object({
      query: Type.Optional(Type.String()),
      offset: Type.Integer({ ...Page, default: 0 }),
      limit: Type.Integer({ ...Page, default: 10 }),
    }),
    answers: { 200: Type.Object({ rules: Type.Array(rules.schema), totalRecords: Type.Integer() }) },
    handle: async ({ query, db }) => {
      const wanted = { ...query, query: query.query ?? null, totalRecords: "exact" as const };
      const shape = { listName: "rules", hasResultInfo: false };
      const pieces = await piecesWithin(db, (tx) => listJson(shape, rules.searchTexts(tx, wanted)));
      return { status: 200, body: streamed(pieces) };
    },
  }),
  ...(["POST", "PUT"] as const).map((method) =>
    route({
      method,
      path,
      summary: method === "POST" ? "Creates a rule, or changes the one with its id" : "Changes a rule",
      permissionsRequired: [`validation.rules.item.${method.toLowerCase()}`],
      body: rules.schema,
      answers: { 200: rules.schema },
      handle: async ({ body, context, db }) => {
        const rule = body as Rule; // as: the schema is of these
        const mistake = mistakeOf(rule);
        if (mistake !== null) return mistake;
        return { status: 200, body: await db.tx((tx) => store(tx, rule, context)) };
      },
    }),
  ),
  route({
    method: "GET",
    path: `${path}/{ruleId}`,
    summary: "Gives a rule",
    permissionsRequired: ["validation.rules.item.get"],
    params: Type.Object({ ruleId: Uuid }),
    answers: { 200: rules.schema },
    handle: async ({ params: { ruleId }, db }) => {
      const found = await db.read((tx) => rules.find(tx, ruleId));
      return found === null ? notFound("rule", ruleId) : { status: 200, body: found };
    },
  }),
];

async function store(tx: Transaction, rule: Rule, context: RequestContext) {
  if (rule.id === undefined) return await rules.create(tx, rule, context);
  await rules.replace(tx, rule.id, rule, context);
  return await rules.get(tx, rule.id);
}

/** A rule that cannot be asked would keep every password from being changed. */
function mistakeOf({ type, expression = "", implementationReference: reference = "" }: Rule): Refusal | null {
  if (type === "Programmatic" && !/^\/[^/]/u.test(reference)) {
    return invalid("implementationReference", reference, 'implementationReference is a path: "/authn/..."');
  }
  if (type !== "RegExp") return null;
  try {
    // oxlint-disable-next-line require-unicode-regexp -- see check-password.ts
    RegExp(expression.replaceAll("<USER_NAME>", "name"));
    return null;
  } catch {
    return invalid("expression", expression, "expression is no regular expression");
  }
}
