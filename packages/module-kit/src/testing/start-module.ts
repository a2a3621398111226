import { type StartedWorker, startProcess } from "./start-worker.ts";

export interface ModuleTask {
  readonly version: "1.0.0" | "1.1.0";
  /** Variables of the host. */
  readonly env: Readonly<Record<string, string>>;
  /** How long its sample data take. */
  readonly loadMs: number;
  readonly loadFails: boolean;
}

export interface StartedModule extends StartedWorker {
  readonly url: string;
}

/** A process that hosts the module of module-process.ts. */
export async function startModule(
  task: Partial<ModuleTask> & Pick<ModuleTask, "env">,
): Promise<StartedModule> {
  const whole: ModuleTask = { version: "1.0.0", loadMs: 0, loadFails: false, ...task };
  const started = startProcess(new URL("./module-process.ts", import.meta.url), [JSON.stringify(whole)]);
  const line = await started.said("url ");
  return { ...started, url: line.slice("url ".length) };
}
