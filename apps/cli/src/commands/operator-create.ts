import type { NewOperator } from "@octavo/client";
import { err, ok, type Result } from "@octavo/result";
import { command, type CommandContext } from "../command.ts";
import { accept, connect, connectionExits, connectionOptions, type ConnectionInput } from "../connection.ts";
import { failure, type Failure } from "../exit-codes.ts";
import { nearest } from "../nearest.ts";

type Role = NewOperator["roles"][number];
const roles: readonly Role[] = ["admin", "viewer", "deployer", "tenant-admin"];

export const operatorCreate = command({
  path: "operator create",
  summary: "creates an operator and prints the token, this once",
  description:
    "With --database-url it writes to the database itself: for whoever has lost every token and may write there.\n" +
    "The database of an embedded platform needs no such way: its token lies in operator-token of the data folder,\n" +
    "and a start with OCTAVO_OPERATOR_TOKEN set makes that token an administrator's.",
  examples: [
    {
      line: "operator create build-server --role deployer",
      says: "may import modules and register instances",
    },
    { line: "operator create build-server --role deployer > token", says: "the token alone goes to stdout" },
    {
      line: 'operator create rescue --role admin --database-url "$DATABASE_URL"',
      says: "replaces a lost token; no gateway is asked",
    },
  ],
  operands: { name: { kind: "one", label: "NAME", help: "name for people" } },
  options: {
    role: { kind: "list", value: "ROLE", help: `what it may do: ${roles.join(", ")}` },
    "dry-run": { kind: "flag", help: "only check name and roles" },
    "database-url": {
      kind: "text",
      value: "URL",
      help: "create it in this database instead of asking a gateway",
    },
    ...connectionOptions,
  },
  exits: {
    0: "created; the token is on stdout",
    1: "refused",
    ...connectionExits,
    3: "nothing answers at the URL, or the database cannot be reached",
  },
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
    const databaseUrl = options["database-url"];
    const created =
      databaseUrl === undefined
        ? await askGateway(body, options, context)
        : await writeDatabase(databaseUrl, body, options);
    if (!created.ok) return created;
    const { id, token, text } = created.value;
    terminal.print(json ? text : token);
    if (!json)
      terminal.say(`Operator ${name} has the id ${id}. The token above is not kept anywhere: store it now.`);
    return ok(undefined);
  },
});

interface Created {
  readonly id: string;
  readonly token: string;
  /** All of it as JSON. */
  readonly text: string;
}

async function askGateway(
  body: NewOperator,
  options: ConnectionInput,
  context: CommandContext,
): Promise<Result<Created, Failure>> {
  const connection = connect(options, context);
  if (!connection.ok) return connection;
  // Without an idempotency key: a repeated answer could not show the token again.
  const created = accept(await connection.value.client.operators.create({ body }), connection.value);
  return created.ok ? ok({ ...created.value.value, text: created.value.text }) : created;
}

async function writeDatabase(
  databaseUrl: string,
  wanted: NewOperator,
  options: ConnectionInput,
): Promise<Result<Created, Failure>> {
  if (options.url !== undefined || options["token-file"] !== undefined) {
    return err(failure(2, "--database-url asks no gateway: leave out --url and --token-file"));
  }
  const { createOperatorInDatabase } = await import("@octavo/gateway");
  const created = await createOperatorInDatabase(databaseUrl, wanted);
  if (!created.ok) return err(failure(created.error.kind === "unreachable" ? 3 : 1, created.error.message));
  return ok({ ...created.value, text: JSON.stringify(created.value, null, 2) });
}

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
