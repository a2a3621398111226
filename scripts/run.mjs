// The one way in: `npm start`, `npm test`, `npm run octavo -- ...` all pass here. Runs on any Node >= 20, without
// any package installed: it installs what the lock file names, finds the pinned Node and hands over to it.
// Talk goes to stderr, so that stdout stays the result of the command that was asked for.
import { realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPackages } from "./install-packages.mjs";
import { pinnedNode } from "./pinned-node.mjs";
import { runProgram } from "./run-program.mjs";

// The real path: a checkout may be reached through a link, and npm workspaces are compared by path.
const root = realpathSync(join(dirname(fileURLToPath(import.meta.url)), ".."));

/** What each npm script runs, as lists of programs with their first arguments; the caller's own follow the last one. */
const commands = {
  up: [["apps/cli/src/main.ts", "up"]],
  octavo: [["apps/cli/src/main.ts"]],
  example: [["examples/reading-list/src/main.ts"]],
  test: [["node_modules/vitest/vitest.mjs", "run"]],
  bench: [["bench/src/main.ts"]],
  soak: [["scripts/soak.ts"]],
  generate: [["scripts/generate.ts"]],
  pack: [["scripts/pack.ts"]],
  types: [["node_modules/typescript/bin/tsc", "-b"]],
  format: [["node_modules/oxfmt/bin/oxfmt", "--check"]],
  lint: [["node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings"]],
  unused: [["node_modules/knip/bin/knip.js"]],
  check: [
    ["node_modules/oxfmt/bin/oxfmt", "--check"],
    ["node_modules/typescript/bin/tsc", "-b"],
    ["node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings"],
    ["node_modules/knip/bin/knip.js"],
    ["scripts/generate.ts", "--check"],
    ["node_modules/vitest/vitest.mjs", "run", "architecture"],
  ],
  fix: [
    ["node_modules/oxfmt/bin/oxfmt", "--write"],
    ["node_modules/oxlint/bin/oxlint", "--fix"],
  ],
};

const [name = "", ...rest] = process.argv.slice(2);
const steps = commands[name];
if (steps === undefined) {
  process.stderr.write(`run.mjs: no command "${name}"; there are: ${Object.keys(commands).join(", ")}\n`);
  process.exit(2);
}
await installPackages(root);
const node = pinnedNode(root);
for (const [index, step] of steps.entries()) {
  const last = index === steps.length - 1;
  const code = await run(last ? [...step, ...rest] : step);
  if (code !== 0) process.exit(code);
}

/** Runs one program on the pinned Node: Octavo in the caller's folder, everything else in the root. */
function run([program, ...args]) {
  const isOctavo = program === "apps/cli/src/main.ts";
  return runProgram(node, [join(root, program), ...args], {
    isServer: program.startsWith("examples/") || (isOctavo && ["up", "gateway"].includes(args[0])),
    cwd: isOctavo ? process.cwd() : root,
    env: {
      ...process.env,
      PATH: [dirname(node), process.env.PATH ?? ""].join(delimiter),
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, ".cache", "compile"),
      OCTAVO_LAUNCHED: "1",
    },
  });
}
