// Run as a process by start-writer.ts: DATABASE_URL and a WriterTask as JSON.
import { ok } from "@octavo/result";
import type { Change } from "../change.ts";
import { intentOf, openOn } from "./open-on.ts";
import { sampleModules } from "./sample-modules.ts";

export type WriterTask =
  /** Counts COUNT up and adds a tenant, so many times. */
  | { readonly name: string; readonly writes: number }
  /** Adds so many modules in one write. */
  | { readonly importModules: number };

const [url = "", task = ""] = process.argv.slice(2);
const { registry } = await openOn(url);
await run(JSON.parse(task) as WriterTask); // from start-writer.ts
await registry.close();

async function run(task: WriterTask): Promise<void> {
  if ("importModules" in task) {
    const changes = sampleModules(task.importModules, "mod", 8000).map((module): Change => ({
      kind: "module.added",
      module,
    }));
    process.stdout.write("begin\n");
    await write(() => changes);
    return;
  }
  for (let n = 0; n < task.writes; n += 1) {
    await write((count) => [
      {
        kind: "env.put",
        entry: { name: "COUNT", value: String(count + 1), description: null, required: null },
      },
      {
        kind: "tenant.put",
        tenant: { id: `${task.name}${n}`, name: null, description: null },
      },
    ]);
  }
}

async function write(changesAt: (count: number) => readonly Change[]): Promise<void> {
  const written = await registry.write<never>(intentOf("test.write"), ({ env }) =>
    ok({ changes: changesAt(Number(env.get("COUNT")?.value ?? 0)), answer: "" }),
  );
  if (!written.ok) throw new Error(JSON.stringify(written.error));
}
