import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package's manifest, as far as packing reads it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Workspace {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What goes into one tarball: the package itself, and those below it that are nobody's business outside. */
export interface PackPlan {
  readonly workspace: Workspace;
  readonly bundled: readonly Workspace[];
}

/** The one package that is never bundled: what a module throws and answers must be of the same copy that serves it. */
const SHARED = "@octavo/module-kit";

/** Packages that have a tarball of their own. */
export const PACKED = [SHARED, "@octavo/module-testing", "@octavo/client", "@octavo/cli"];

export function packPlans(root: string): readonly PackPlan[] {
  const workspaces = new Map(
    ["apps", "packages", "drivers"]
      .flatMap((group) => readdirSync(join(root, group)).map((name) => join(root, group, name)))
      .map((folder) => [folder, readManifest(folder)] as const)
      .map(([folder, manifest]) => [manifest.name, { folder, manifest }]),
  );
  return PACKED.map((name) => {
    const workspace = workspaces.get(name);
    if (workspace === undefined) throw new Error(`there is no workspace ${name} to pack`);
    const bundled = new Map<string, Workspace>();
    collect(workspace, workspaces, bundled);
    return { workspace, bundled: [...bundled.values()] };
  });
}

function collect(
  { manifest }: Workspace,
  workspaces: ReadonlyMap<string, Workspace>,
  found: Map<string, Workspace>,
): void {
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    const workspace = workspaces.get(name);
    if (workspace === undefined || name === SHARED || found.has(name)) continue;
    found.set(name, workspace);
    collect(workspace, workspaces, found);
  }
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest; // as: npm has checked its shape
}

/** The manifest of a package as it is published: JavaScript instead of TypeScript, what is bundled named, and what that needs from
 * elsewhere among its own dependencies: npm looks for nothing on behalf of bundled packages.
 * @param bundled none for a package that is itself bundled */
export function packedManifest({ manifest }: Workspace, bundled: readonly Workspace[]): object {
  const { name, version, description, license, bin, exports } = manifest;
  const all = [manifest, ...bundled.map((each) => each.manifest)];
  const names = bundled.map((each) => each.manifest.name);
  const needsShared = all.some(({ dependencies = {} }) => SHARED in dependencies);
  return {
    name,
    version,
    description,
    license,
    type: "module",
    engines: { node: ">=24" },
    ...(bin !== undefined && { bin: mapped(bin, inJavaScript) }),
    ...(exports !== undefined && { exports: mapped(exports, exported) }),
    dependencies: {
      ...merged(all.map(({ dependencies = {} }) => fromElsewhere(dependencies))),
      ...Object.fromEntries(names.map((each) => [each, version])),
    },
    // The command takes the kit that a module resolves, and has none of its own.
    ...(needsShared && name !== "@octavo/cli" && { peerDependencies: { [SHARED]: version } }),
    optionalDependencies: merged(all.map(({ optionalDependencies = {} }) => optionalDependencies)),
    bundleDependencies: names,
  };
}

function fromElsewhere(dependencies: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(dependencies).filter(([name]) => !name.startsWith("@octavo/")));
}

function merged(all: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  return Object.fromEntries(all.flatMap((each) => Object.entries(each)));
}

function mapped<T>(
  of: Readonly<Record<string, string>>,
  change: (text: string) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(of).map(([key, text]) => [key, change(text)]));
}

function exported(source: string): object {
  return { types: inJavaScript(source).replace(/\.js$/u, ".d.ts"), default: inJavaScript(source) };
}

function inJavaScript(path: string): string {
  return path.replace("/src/", "/dist/").replace(/\.ts$/u, ".js");
}
