import { err, ok } from "@octavo/result";
import { command } from "../command.ts";
import { connect, connectionOptions } from "../connection.ts";
import { checkCredential } from "../doctor/check-credential.ts";
import { checkDataFolder } from "../doctor/check-data-folder.ts";
import { judgeDatabase } from "../doctor/check-database.ts";
import { checkGateway } from "../doctor/check-gateway.ts";
import { checkOpenFiles } from "../doctor/check-limits.ts";
import { checkNames } from "../doctor/check-names.ts";
import { checkNode } from "../doctor/check-node.ts";
import { checkPackagedPostgres } from "../doctor/check-postgres.ts";
import { checkSettings } from "../doctor/check-settings.ts";
import { findingsPage, findingsSum, type Finding } from "../doctor/finding.ts";
import { failure } from "../exit-codes.ts";

export const doctor = command({
  path: "doctor",
  summary: "checks this environment and says what to mend",
  description: "Nothing is changed. A gateway may be running or not.",
  examples: [
    { line: "doctor", says: "a line per check: ok, warn or fail, with a remedy" },
    { line: "doctor --json", says: "for a script or a bug report; secrets are not in it" },
  ],
  operands: {},
  options: { ...connectionOptions },
  exits: { 0: "nothing to mend", 1: "something fails; its remedy is said", 2: "wrong usage" },
  run: async ({ options, json }, context) => {
    const connection = connect(options, context);
    if (!connection.ok) return connection;
    const { env } = context;
    const { inspectDatabase, parseGatewayConfig } = await import("@octavo/gateway");
    const config = parseGatewayConfig(env, "up");
    const databaseUrl = config.ok ? config.value.databaseUrl : null;
    const findings: readonly Finding[] = [
      checkNode(process.version),
      ...checkNames(env),
      ...checkSettings(config),
      ...checkDataFolder(env["OCTAVO_DATA_DIR"] || ".octavo", process.getuid?.()),
      ...(databaseUrl === null
        ? [checkPackagedPostgres(process.platform, process.arch)]
        : judgeDatabase(await inspectDatabase(databaseUrl))),
      checkOpenFiles(),
      ...(config.ok ? await checkGateway(connection.value, config.value) : []),
      checkCredential(connection.value, config.ok && config.value.managementAuth === "open"),
    ];
    context.terminal.print(
      json ? JSON.stringify(findings, null, 2) : findingsPage(findings, context.terminal.paint),
    );
    const isBroken = findings.some((each) => each.verdict === "fail");
    return isBroken ? err(failure(1, findingsSum(findings))) : ok(undefined);
  },
});
