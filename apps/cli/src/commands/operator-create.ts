import type { NewOperator } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { command } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions } from "../connection.ts";
import { failure, type Failure } from "../exit-codes.ts";
import { nearest } from "../nearest.ts";

type Role = NewOperator["roles"][number];
const roles: readonly Role[] = ["admin", "viewer", "deployer", "tenant-admin"];

export const operatorCreate = command({
  path: "operator create",
  summary: "creates an operator and prints the token, this once",
  examples: [
    {
      line: "operator create build-server --role deployer",
      says: "may import modules and register instances",
    },
    { line: "operator create build-server --role deployer > token", says: "the token alone goes to stdout" },
  ],
  operands: { name: { kind: "one", label: "NAME", help: "name for people" } },
  options: {
    role: { kind: "list", value: "ROLE", help: `what it may do: ${roles.join(", ")}` },
    "dry-run": { kind: "flag", help: "only check name and roles" },
    ...connectionOptions,
  },
  exits: { 0: "created; the token is on stdout", 1: "refused", ...connectionExits },
  run: async ({ operands: { name }, options, json }, context) => {
    const wanted = readRoles(options.role);
    if (!wanted.ok) return wanted;
    const body = { name, roles: wanted.value };
    const { terminal } = context;
    if (options["dry-run"]) {
      terminal.print(
        json
          ? JSON.stringify(body)
          : `Operator ${name} (${wanted.value.join(", ")}) would be created. Nothing was changed.`,
      );
      return ok(undefined);
    }
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    // Without an idempotency key: a repeated answer could not show the token again.
    const created = accept(await connection.value.client.operators.create({ body }), connection.value);
    if (!created.ok) return created;
    const { id, token } = created.value.value;
    terminal.print(json ? created.value.text : token);
    if (!json)
      terminal.say(`Operator ${name} has the id ${id}. The token above is not kept anywhere: store it now.`);
    return ok(undefined);
  },
});

function readRoles(given: readonly string[]): Result<readonly Role[], Failure> {
  if (given.length === 0) return err(failure(2, `--role is missing: ${roles.join(", ")}`));
  const read: Role[] = [];
  for (const name of given) {
    const role = roles.find((each) => each === name);
    if (role === undefined) {
      const meant = nearest(name, roles);
      return err(
        failure(
          2,
          `unknown role ${name}`,
          meant === null ? `there are: ${roles.join(", ")}` : `did you mean ${meant}?`,
        ),
      );
    }
    read.push(role);
  }
  return ok(read);
}
