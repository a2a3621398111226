import { randomUUID } from "node:crypto";
import { err, ok } from "@octavo/result";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";
import { failure } from "../exit-codes.ts";

export const tenantCreate = command({
  path: "tenant create",
  summary: "creates a tenant, without any module enabled",
  examples: [
    {
      line: 'tenant create north --name "North Library"',
      says: "an id is a lower-case letter, then up to 30 of a-z and 0-9",
    },
    { line: "tenant create north --dry-run", says: "whether the id is free" },
  ],
  operands: { id: { kind: "one", label: "ID", help: "id of the tenant; it cannot be changed later" } },
  options: {
    name: { kind: "text", value: "NAME", help: "name for people" },
    description: { kind: "text", value: "TEXT", help: "what it is for" },
    "dry-run": { kind: "flag", help: "only look whether the id is free" },
    ...connectionOptions,
  },
  exits: { 0: "created", 1: "the id is taken or not allowed", ...connectionExits },
  run: async ({ operands: { id }, options, json }, context) => {
    const opened = connect(options, context);
    if (!opened.ok) return opened;
    const connection = opened.value;
    const { terminal } = context;
    if (options["dry-run"]) {
      const answer = await connection.client.tenants.get({ tenantId: id });
      if (!answer.ok && answer.status === 404) {
        terminal.print(
          json ? JSON.stringify({ id, isFree: true }) : `The id ${id} is free. Nothing was changed.`,
        );
        return ok(undefined);
      }
      const found = accept(answer, connection);
      return found.ok ? err(failure(1, `there is a tenant ${id} already`)) : found;
    }
    const { name, description } = options;
    const body = {
      id,
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
    };
    const created = accept(
      await connection.client.tenants.create({ body, idempotencyKey: randomUUID() }),
      connection,
    );
    if (!created.ok) return created;
    terminal.print(json ? created.value.text : `Tenant ${id} created.`);
    return ok(undefined);
  },
});
