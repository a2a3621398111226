import { type ChildProcess, execFileSync, spawn } from "node:child_process";

/** A network namespace that stands for another host: this machine reaches it at `address`, and it reaches us at `ours`. */
export interface OtherHost {
  readonly ours: string;
  readonly address: string;
  /** Starts a program of Node there. */
  start(main: string, args: readonly string[]): ChildProcess;
  /** From now on nothing that it sends arrives: no end, no reset, as after a power cut. */
  vanish(): void;
  close(): void;
}

/** @returns null where a namespace can be made, else why not */
export function whyNoOtherHost(): string | null {
  if (process.getuid?.() !== 0) return "a network namespace needs root";
  const name = `octavo-try-${process.pid}`;
  try {
    ip("netns", "add", name);
    ip("netns", "del", name);
    return null;
  } catch (error) {
    return `no network namespace can be made: ${error instanceof Error ? error.message : String(error)}`;
  }
}

export function startOtherHost(): OtherHost {
  const name = `octavo-${process.pid}`;
  // One network per process of this run: several may be about.
  const network = `10.77.${process.pid % 256}`;
  const [ours, address] = [`${network}.1`, `${network}.2`];
  const [here, there] = [`oct${process.pid}a`, `oct${process.pid}b`];
  ip("netns", "add", name);
  ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
  ip("address", "add", `${ours}/24`, "dev", here);
  ip("link", "set", here, "up");
  ip("-n", name, "address", "add", `${address}/24`, "dev", there);
  ip("-n", name, "link", "set", there, "up");
  ip("-n", name, "link", "set", "lo", "up");
  return {
    ours,
    address,
    start: (main, args) =>
      spawn("ip", ["netns", "exec", name, process.execPath, main, ...args], {
        stdio: ["pipe", "pipe", "inherit"],
      }),
    vanish: () => ip("-n", name, "route", "add", "blackhole", `${ours}/32`),
    close: () => ip("netns", "del", name),
  };
}

function ip(...args: readonly string[]): void {
  execFileSync("ip", args, { stdio: "pipe" });
}
