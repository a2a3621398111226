import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { LOAD_CORE } from "./cores.ts";

/** What one burst of requests met. */
export interface Burst {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Target {
  readonly url: string;
  readonly headers: readonly string[];
}

/** Requests one after the other on each of these kept connections, by wrk on the load's core.
 * @throws where an answer was no success, or a connection broke */
export async function burst(
  { url, headers }: Target,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Burst> {
  const args = ["-c", String(LOAD_CORE), "wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--latency"];
  for (const header of headers) args.push("-H", header);
  const { stdout } = await promisify(execFile)("taskset", [...args, url]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`${url}:\n${stdout}`);
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    p50Ms: milliseconds(/^\s+50%\s+(\S+)/m.exec(stdout)?.[1]),
    p99Ms: milliseconds(/^\s+99%\s+(\S+)/m.exec(stdout)?.[1]),
  };
}

function milliseconds(text = ""): number {
  const [, value, unit] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  const factor = unit === "us" ? 0.001 : unit === "s" ? 1000 : 1;
  return Number(value) * factor;
}
