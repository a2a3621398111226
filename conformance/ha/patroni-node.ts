import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { query } from "@octavo/testing/query";

/** One PostgreSQL under Patroni: two programs that die and stand still together, as on a machine of their own. */
export class PatroniNode {
  readonly name: string;
  readonly url: string;
  readonly restPort: number;
  readonly #configuration: string;
  readonly #dataFolder: string;
  readonly #user: { readonly uid: number; readonly gid: number };
  #patroni: ChildProcess | null = null;
  output = "";

  constructor(
    name: string,
    ports: { readonly database: number; readonly rest: number },
    files: { readonly configuration: string; readonly dataFolder: string },
    user: { readonly uid: number; readonly gid: number },
  ) {
    this.name = name;
    this.url = `postgres://postgres@127.0.0.1:${ports.database}/postgres`;
    this.restPort = ports.rest;
    this.#configuration = files.configuration;
    this.#dataFolder = files.dataFolder;
    this.#user = user;
  }

  start(): void {
    const child = spawn("/usr/bin/patroni", [this.#configuration], {
      ...this.#user,
      cwd: "/",
      detached: true,
      env: { PATH: "/usr/bin:/bin", HOME: "/tmp", LANG: "C.UTF-8" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000)));
    }
    this.#patroni = child;
  }

  /** Whether it is one that takes writes. */
  isPrimary(): Promise<boolean> {
    return this.#is("primary");
  }

  /** Whether it may take over: the store names it as one that has everything. */
  isSynchronous(): Promise<boolean> {
    return this.#is("synchronous");
  }

  async #is(role: string): Promise<boolean> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.restPort}/${role}`, {
        signal: AbortSignal.timeout(1000),
      });
      await answer.arrayBuffer();
      return answer.status === 200;
    } catch {
      return false;
    }
  }

  /** How its standbys receive, by name: "sync" or "async". Of the primary. */
  async standbys(): Promise<ReadonlyMap<string, string>> {
    try {
      const rows = await query(
        this.url,
        "select application_name, sync_state from pg_stat_replication where state = 'streaming'",
      );
      return new Map(rows.map((row) => [String(row["application_name"]), String(row["sync_state"])]));
    } catch {
      return new Map();
    }
  }

  /** Standbys get nothing from now on; the primary does not wait for those that are asynchronous. */
  async stopSending(): Promise<void> {
    for (const { pid } of await query(this.url, "select pid from pg_stat_replication"))
      process.kill(Number(pid), "SIGSTOP");
  }

  killPostmaster(): void {
    const pid = this.#postmaster();
    if (pid !== null) process.kill(pid, "SIGKILL");
  }

  /** As a power cut. */
  async kill(): Promise<void> {
    await this.#signal("SIGKILL");
  }

  /** Comes back as a new node, which copies everything: `patronictl reinit`. A primary that was killed is ahead of the one that took
   * over, and Patroni 3.0 may wait for five minutes before it rewinds it. */
  async renew(): Promise<void> {
    await this.kill();
    rmSync(this.#dataFolder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    mkdirSync(this.#dataFolder, { mode: 0o700 });
    chownSync(this.#dataFolder, this.#user.uid, this.#user.gid);
    this.start();
  }

  async freeze(): Promise<void> {
    await this.#signal("SIGSTOP");
  }

  async thaw(): Promise<void> {
    await this.#signal("SIGCONT");
  }

  async #signal(signal: NodeJS.Signals): Promise<void> {
    const patroni = this.#patroni;
    const postmaster = this.#postmaster();
    const backends = postmaster === null ? [] : childrenOf(postmaster);
    const group = patroni?.pid === undefined ? [] : [-patroni.pid];
    for (const pid of [...group, ...(postmaster === null ? [] : [postmaster]), ...backends]) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended by itself.
      }
    }
    if (signal === "SIGKILL" && patroni !== null && patroni.exitCode === null && patroni.signalCode === null)
      await once(patroni, "exit");
  }

  #postmaster(): number | null {
    try {
      return Number(readFileSync(`${this.#dataFolder}/postmaster.pid`, "utf8").split("\n")[0]);
    } catch {
      return null; // it does not run
    }
  }
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const [, parentPid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(parentPid) === parent ? [Number(name)] : [];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}
