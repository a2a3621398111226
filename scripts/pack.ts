/** `npm run pack`: JavaScript, declarations and tarballs of what is used outside of the repository, in .cache/pack. Inside it nothing is
 * built (docs/decisions/0001-toolchain.md). */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type PackPlan, packedManifest, packPlans, type Workspace } from "./pack-plan.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = process.argv[2] ?? join(root, ".cache", "pack");
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
/** Folders beside `src` that a program reads while it runs. */
const KEPT: ReadonlySet<string> = new Set(["sample-release", "template"]);

const plans = packPlans(root);
run(process.execPath, [tsc, "-b", ...plans.map(({ workspace }) => workspace.folder)], root);
rmSync(out, { recursive: true, force: true });
for (const plan of plans) process.stdout.write(`${join(out, pack(plan))}\n`);
rmSync(join(out, "stage"), { recursive: true });

/** @returns the tarball's name */
function pack({ workspace, bundled }: PackPlan): string {
  const stage = join(out, "stage", workspace.manifest.name);
  emit(workspace, stage, bundled);
  for (const each of bundled) emit(each, join(stage, "node_modules", each.manifest.name), []);
  const packed = run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", out], stage);
  return packed.trim();
}

function emit(workspace: Workspace, target: string, bundled: readonly Workspace[]): void {
  const { folder } = workspace;
  mkdirSync(target, { recursive: true });
  const asJavaScript =
    "--composite false --incremental false --emitDeclarationOnly false --declaration".split(" ");
  const paths = ["--rewriteRelativeImportExtensions", "--outDir", join(target, "dist")];
  run(process.execPath, [tsc, "-p", join(folder, "tsconfig.json"), ...asJavaScript, ...paths], root);
  for (const name of readdirSync(folder)) {
    if (KEPT.has(name) && statSync(join(folder, name)).isDirectory()) {
      cpSync(join(folder, name), join(target, name), { recursive: true });
    }
  }
  const licence = join(root, "LICENSE");
  if (existsSync(licence)) cpSync(licence, join(target, "LICENSE"));
  writeFileSync(
    join(target, "package.json"),
    `${JSON.stringify(packedManifest(workspace, bundled), null, 2)}\n`,
  );
}

function run(program: string, args: readonly string[], cwd: string): string {
  return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
