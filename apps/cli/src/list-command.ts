import type { Answer, Client } from "@octavo/client";
import { ok } from "@octavo/result";
import { table } from "./columns.ts";
import { command, type Command } from "./command.ts";
import { accept, connect, connectionExits, connectionOptions } from "./connection.ts";

/** A command that asks for one list and shows all of it. */
interface List<T> extends Pick<Command, "path" | "summary" | "examples"> {
  readonly ask: (client: Client) => Promise<Answer<T>>;
  readonly columns: readonly string[];
  /** A cell for each column. */
  readonly rows: (listed: T) => readonly (readonly string[])[];
  /** Said where there are none. */
  readonly none: string;
}

export function listCommand<T>({ path, summary, examples, ask, columns, rows, none }: List<T>) {
  return command({
    path,
    summary,
    examples,
    operands: {},
    options: { ...connectionOptions },
    exits: { 0: "listed", 1: "failed", ...connectionExits },
    run: async ({ options, json }, context) => {
      const connection = connect(options, context);
      if (!connection.ok) return connection;
      const listed = accept(await ask(connection.value.client), connection.value);
      if (!listed.ok) return listed;
      const { terminal } = context;
      const { value, text } = listed.value;
      terminal.print(json ? text : table(columns, rows(value), terminal.paint.bold, none));
      return ok(undefined);
    },
  });
}
