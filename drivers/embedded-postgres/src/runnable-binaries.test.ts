import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { temporaryFolder } from "@octavo/testing/spawn-octavo";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPlatformPackage, type PlatformPackage } from "./platform-package.ts";
import { runnableBinaries } from "./runnable-binaries.ts";
import { canTraverse, isRoot, unprivilegedUser } from "./server-user.ts";

const nobody = unprivilegedUser();

/** The package as npm unpacks it: without the links. */
let unpacked: PlatformPackage;
let home: string;
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
  home = join(folder.path, "home");
  mkdirSync(home);
  chmodSync(home, 0o777);
  const installed = findPlatformPackage();
  if (!installed.ok) throw new Error(installed.error.message);
  unpacked = { nativeDir: join(folder.path, "node_modules", "native"), label: "18-test" };
  cpSync(installed.value.nativeDir, unpacked.nativeDir, { recursive: true, verbatimSymlinks: true });
  const lib = join(unpacked.nativeDir, "lib");
  for (const name of readdirSync(lib))
    if (lstatSync(join(lib, name)).isSymbolicLink()) rmSync(join(lib, name));
});
afterEach(() => folder.remove());

describe("the packaged programs", () => {
  it("run where they are, once the libraries are linked, also when two link at once", async () => {
    const both = await Promise.all([1, 2].map(() => runnableBinaries(unpacked, { dir: home, runAs: null })));
    const expected = {
      postgres: join(unpacked.nativeDir, "bin", "postgres"),
      version: expect.stringMatching(/^18\./),
    };
    expect(both).toMatchObject([
      { ok: true, value: expected },
      { ok: true, value: expected },
    ]);
    expect(readdirSync(home)).toEqual([]);
  });

  it("are refused with a remedy where they do not run", async () => {
    writeFileSync(join(unpacked.nativeDir, "bin", "postgres"), "#!/no/such/loader\n");
    expect(await runnableBinaries(unpacked, { dir: home, runAs: null })).toMatchObject({
      ok: false,
      error: { kind: "unsupported-platform", message: expect.stringMatching(/glibc.*DATABASE_URL/) },
    });
  });

  it.runIf(isRoot() && nobody !== null)(
    "are copied for a user who cannot reach them, whatever the umask was",
    async () => {
      spawnSync("chmod", ["-R", "go=", unpacked.nativeDir]);
      const runnable = await runnableBinaries(unpacked, { dir: home, runAs: nobody });
      expect(runnable).toMatchObject({
        ok: true,
        value: { postgres: join(home, "native-18-test", "bin", "postgres") },
      });
      expect(statSync(join(home, "native-18-test", "share", "postgresql", "postgres.bki")).mode & 0o777).toBe(
        0o644,
      );
    },
  );

  it.runIf(isRoot() && nobody !== null && canTraverse(nobody, import.meta.dirname))(
    "are copied by an ordinary user who may not write the links",
    () => {
      const program = `
        import { runnableBinaries } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, "runnable-binaries.ts")).href)};
        const [native, dir] = process.argv.slice(1);
        console.log(JSON.stringify(await runnableBinaries({ nativeDir: native, label: "18-test" }, { dir, runAs: null })));
      `;
      const args = ["--input-type=module", "-e", program, unpacked.nativeDir, home];
      const { stdout, stderr } = spawnSync(process.execPath, args, {
        ...nobody,
        cwd: "/",
        env: {},
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toMatchObject({
        ok: true,
        value: { initdb: join(home, "native-18-test", "bin", "initdb") },
      });
    },
  );
});
