#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { callerFolder } from "./caller-folder.ts";
import { confirmed } from "./confirmed.ts";
import { runCommandLine } from "./run-command-line.ts";
import { processTerminal } from "./terminal.ts";

// The package's own manifest, whose shape npm has checked.
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: processTerminal(process, process.env),
  confirm: (question) => confirmed(process.stdin, process.stderr, question),
  env: process.env,
  version,
  invocation: process.env["OCTAVO_LAUNCHED"] === "1" ? "npm run --silent octavo --" : "octavo",
  folder: callerFolder(process.env, process.cwd()),
});
