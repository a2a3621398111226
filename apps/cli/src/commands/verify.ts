import { err, ok } from "@octavo/result";
import { command } from "../command.ts";
import { failure, saidAlready } from "../exit-codes.ts";
import { faults } from "../verify/faults.ts";
import { type FaultRecord, holds, recordPage } from "../verify/record.ts";
import { runFault } from "../verify/run-fault.ts";
import { startInstallation, type TestInstallation } from "../verify/test-installation.ts";

const GATEWAYS = 3;
const LASTS_SECONDS = 5;
const MOST_SECONDS = 3600;

export const verify = command({
  path: "verify",
  summary: "lets faults happen to a test installation of this version and prints what became of every call",
  description:
    "Starts three gateways on this machine on an empty database that you give, calls a module through them and\n" +
    "writes, and meanwhile kills, freezes, cuts off and replaces them. An installation that runs is not touched.\n" +
    "Give a database that was made for this, on the server that you mean to use; drop it afterwards.",
  examples: [
    { line: "verify --database-url postgres://octavo@db1/octavo_verify", says: "about a minute" },
    { line: "verify --database-url URL --seconds 120 --json", says: "longer faults, the record as JSON" },
  ],
  operands: {},
  options: {
    "database-url": { kind: "text", value: "URL", help: "of an empty database, made for this" },
    seconds: { kind: "text", value: "N", help: `how long a fault lasts; default ${LASTS_SECONDS}` },
  },
  exits: {
    0: "all that is promised held",
    1: "something did not hold, or the installation could not be started",
    2: "no database was given, or one that is not empty",
  },
  run: async ({ options, json }, { terminal, invocation }) => {
    const url = options["database-url"];
    const example = `${invocation} verify --database-url postgres://user@host/octavo_verify`;
    if (url === undefined)
      return err(failure(2, "verify needs a database of its own", `create an empty one: ${example}`));
    const seconds = Number(options.seconds ?? String(LASTS_SECONDS));
    if (!(seconds > 0 && seconds <= MOST_SECONDS))
      return err(failure(2, `--seconds ${options.seconds}: a number up to ${MOST_SECONDS}`));
    const { inspectDatabase } = await import("@octavo/gateway");
    const found = await inspectDatabase(url);
    if (!found.ok) return err(failure(1, `the database: ${found.error}`));
    if (found.value.schema.version !== null)
      return err(
        failure(2, `the database ${found.value.name} holds an installation`, `give an empty one: ${example}`),
      );
    terminal.say(`Starting ${GATEWAYS} gateways ...`);
    let installation: TestInstallation;
    try {
      installation = await startInstallation(url, GATEWAYS);
    } catch (error) {
      return err(failure(1, String(error)));
    }
    const records: FaultRecord[] = [];
    try {
      for (const [number, fault] of faults.entries()) {
        terminal.say(`${fault.name} ...`);
        records.push(await runFault(installation, fault, { round: String(number), lastsMs: seconds * 1000 }));
      }
    } catch (error) {
      return err(failure(1, String(error)));
    } finally {
      await installation.close();
    }
    terminal.print(
      json
        ? JSON.stringify(
            records.map((record) => ({ ...record, holds: holds(record) })),
            null,
            2,
          )
        : recordPage(records, terminal.paint),
    );
    return records.every(holds) ? ok(undefined) : err(saidAlready(1));
  },
});
