import { err, ok, type Result } from "@octavo/result";
import { typedPath } from "../caller-folder.ts";
import { command, type CommandContext } from "../command.ts";
import {
  connect,
  connectionExits,
  connectionOptions,
  openConnection,
  type Connection,
} from "../connection.ts";
import { failure, type Failure } from "../exit-codes.ts";
import { plainly } from "../find-credential.ts";
import { findTarget } from "../find-target.ts";
import { carryOver, differingModules } from "../okapi-import/carry-over.ts";
import { comparePlatforms, type Comparison } from "../okapi-import/compare-platforms.ts";
import { comparisonPage, rowOf } from "../okapi-import/comparison-page.ts";
import { readPlatform } from "../okapi-import/read-platform.ts";
import { readText } from "../read-json-file.ts";

export const importOkapi = command({
  path: "import-okapi",
  summary: "carries over what a running Okapi knows: modules, tenants, discovery, environment, timers",
  description:
    "Okapi is only asked. No module is called: tenants' data stays where it is, and the same modules go on with it.\n" +
    "What is there already stays; what differs is told. It can be run again at any time: then it carries over what is new.",
  examples: [
    { line: "import-okapi http://okapi:9130 --dry-run", says: "the differences, and nothing is changed" },
    {
      line: "import-okapi http://okapi:9130 --okapi-token-file token",
      says: "from an Okapi that is secured",
    },
  ],
  operands: { okapi: { kind: "one", label: "URL", help: "the Okapi, as its clients reach it" } },
  options: {
    "okapi-token-file": {
      kind: "text",
      value: "FILE",
      help: "a token of its supertenant with the permissions to read all this (okapi.readonly)",
    },
    "dry-run": { kind: "flag", help: "only say what is missing and what differs" },
    ...connectionOptions,
  },
  exits: {
    0: "everything is carried over, or would be",
    1: "one of the two refused something; what was done before stays, run it again",
    ...connectionExits,
    3: "one of the two does not answer",
  },
  run: async ({ operands, options, json }, context) => {
    const opened = openBoth(operands.okapi, options, context);
    if (!opened.ok) return opened;
    const { source, target } = opened.value;
    const compared = await compare(source, target);
    if (!compared.ok) return compared;
    const { terminal } = context;
    if (!options["dry-run"]) {
      for (const step of compared.value.carryOver) {
        terminal.say(`octavo: ${rowOf(step).join(" ")}`);
        const done = await carryOver(step, source, target);
        if (!done.ok) return done;
      }
    }
    terminal.print(
      json ? JSON.stringify(compared.value, null, 2) : comparisonPage(compared.value, !options["dry-run"]),
    );
    return ok(undefined);
  },
});

interface Both {
  readonly source: Connection;
  readonly target: Connection;
}

function openBoth(
  okapi: string,
  options: { readonly url: string | undefined; readonly "token-file": string | undefined } & {
    readonly "okapi-token-file": string | undefined;
  },
  context: CommandContext,
): Result<Both, Failure> {
  const url = findTarget(okapi, context.env);
  if (!url.ok) return url;
  const token = okapiToken(options["okapi-token-file"], context.folder);
  if (!token.ok) return token;
  const target = connect(options, context);
  if (!target.ok) return target;
  if (target.value.url === url.value) {
    return err(failure(2, `${url.value} is the gateway itself`, "name the Okapi, and the gateway by --url"));
  }
  const source = openConnection(url.value, token.value, ["--okapi-token-file"], context.invocation);
  return ok({ source, target: target.value });
}

function okapiToken(named: string | undefined, folder: string): Result<string | null, Failure> {
  if (named === undefined) return ok(null);
  const text = readText(typedPath(named, folder));
  if (!text.ok) return err(failure(2, `cannot read ${named}: ${plainly(text.error)}`));
  return ok(text.value.trim());
}

async function compare(source: Connection, target: Connection): Promise<Result<Comparison, Failure>> {
  const there = await readPlatform(source);
  if (!there.ok) return there;
  const here = await readPlatform(target);
  if (!here.ok) return here;
  const shared = [...there.value.modules].filter((id) => here.value.modules.has(id));
  const differing = await differingModules(shared, source, target);
  return differing.ok ? ok(comparePlatforms(there.value, here.value, differing.value)) : differing;
}
