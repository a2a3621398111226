import { randomBytes } from "node:crypto";
import { hashToken, newOperatorToken } from "@octavo/identity";
import { fromPlain } from "@octavo/json";
import { NewOperator, parseBody } from "@octavo/management-api";
import type { Operator, Snapshot } from "@octavo/registry";
import { err, ok } from "@octavo/result";
import type { Handler } from "./platform.ts";
import { readBody } from "./read-body.ts";
import { badRequest, notFound } from "./refusals.ts";
import { created, json, noContent } from "./reply.ts";
import { write } from "./write.ts";

/** Who may use this API. A token is shown once, in the answer that creates it, and never kept. */

export const listOperators: Handler = async (_call, { registry }) => {
  const operators = [...registry.snapshot.operators.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return ok(
    json(
      200,
      operators.map((operator) => fromPlain(shown(operator))),
    ),
  );
};

export const getOperator: Handler = async (call, { registry }) => {
  const operatorId = call.params["operatorId"] ?? "";
  const operator = registry.snapshot.operators.get(operatorId);
  return operator === undefined ? notFound(operatorId) : ok(json(200, fromPlain(shown(operator))));
};

export const createOperator: Handler = async (call, platform) => {
  const body = readBody(call, (value) => parseBody(NewOperator, value));
  if (!body.ok) return body;
  if (body.value.name.trim() === "") return badRequest("The name of an operator must not be empty");
  const id = randomBytes(6).toString("hex");
  const token = newOperatorToken(id);
  const operator: Operator = {
    id,
    name: body.value.name,
    roles: body.value.roles,
    tokenHash: hashToken(token),
    createdAt: new Date(platform.clock.now()).toISOString(),
  };
  // What is kept under an idempotency key has no token in it: a repeated call is told so.
  const withoutToken = created(call.path, [id], "");
  const written = await write(call, platform, id, () =>
    ok({ changes: [{ kind: "operator.put", operator }], reply: withoutToken }),
  );
  if (!written.ok) return written;
  if (written.value.headers.join() !== withoutToken.headers.join()) {
    return err({
      kind: "conflict",
      message:
        "This operator was created by an earlier call with the same Idempotency-Key, and its token was shown then. " +
        "If it is lost, delete the operator and create another.",
    });
  }
  return ok(created(call.path, [id], json(201, fromPlain({ ...shown(operator), token })).body));
};

export const deleteOperator: Handler = async (call, platform) => {
  const operatorId = call.params["operatorId"] ?? "";
  return write(call, platform, operatorId, (snapshot) => {
    if (!snapshot.operators.has(operatorId)) return notFound(operatorId);
    if (isLastAdministrator(snapshot, operatorId)) {
      return badRequest(
        `${operatorId} is the last operator with role admin. Create another before removing it.`,
      );
    }
    return ok({ changes: [{ kind: "operator.removed", operatorId }], reply: noContent });
  });
};

function isLastAdministrator({ operators }: Snapshot, operatorId: string): boolean {
  const administrators = [...operators.values()].filter(({ roles }) => roles.includes("admin"));
  return administrators.length === 1 && administrators[0]?.id === operatorId;
}

function shown({ id, name, roles, createdAt }: Operator) {
  return { id, name, roles, createdAt };
}
