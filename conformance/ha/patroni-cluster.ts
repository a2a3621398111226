import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@octavo/testing/free-port";
import { parse, stringify } from "yaml";
import { PatroniNode } from "./patroni-node.ts";
import { until } from "./platform.ts";

const shipped = join(import.meta.dirname, "..", "..", "deploy", "patroni", "patroni.yml");
const programs = [
  "/usr/bin/patroni",
  "/usr/bin/etcd",
  "/usr/sbin/haproxy",
  "/usr/lib/postgresql/15/bin/postgres",
];

/** Why there can be none on this machine; null where there can. */
export function whyNoPatroni(): string | null {
  if (process.getuid?.() !== 0) return "it needs root, to be another user";
  const missing = programs.filter((program) => !existsSync(program));
  return missing.length === 0 ? null : `there is no ${missing.join(", no ")}`;
}

/** Two PostgreSQL nodes under Patroni with the settings that we ship, their store (etcd), and a HAProxy before the primary. The store is spoken to by its
 * version 2: the driver for version 3 of Debian 12's Patroni takes leadership back unconditionally (reliability.md, finding 4). */
export interface PatroniCluster {
  /** Of the primary, wherever it is. */
  readonly url: string;
  readonly nodes: readonly PatroniNode[];
  primary(): Promise<PatroniNode>;
  /** Resolves when there is a primary and a standby that receives from it in this way. */
  whole(how: "sync" | "async"): Promise<void>;
  /** Changes what nodes agree on. */
  configure(settings: Readonly<Record<string, unknown>>): Promise<void>;
  switchover(): Promise<void>;
  stopStore(): Promise<void>;
  startStore(): Promise<void>;
  close(): Promise<void>;
}

export async function startPatroniCluster(): Promise<PatroniCluster> {
  const folder = mkdtempSync(join(tmpdir(), "octavo-patroni-"));
  chmodSync(folder, 0o755);
  const user = { uid: idOf("-u"), gid: idOf("-g") };
  chownSync(folder, user.uid, user.gid);
  const storePort = await freePort();
  const peerPort = await freePort();
  let store = startStore(folder, storePort, peerPort);
  const nodes: PatroniNode[] = [];
  for (const name of ["node1", "node2"]) {
    const ports = { database: await freePort(), rest: await freePort() };
    const dataFolder = join(folder, name);
    mkdirSync(dataFolder, { mode: 0o700 });
    chownSync(dataFolder, user.uid, user.gid);
    const configuration = join(folder, `${name}.yml`);
    writeFileSync(configuration, configurationOf(name, ports, dataFolder, storePort));
    nodes.push(new PatroniNode(name, ports, { configuration, dataFolder }, user));
  }
  for (const node of nodes) node.start();
  const frontPort = await freePort();
  const haproxy = startHaproxy(folder, frontPort, nodes);

  const primary = async (): Promise<PatroniNode> => {
    let found: PatroniNode | undefined;
    await until("there is a primary", async () => {
      const are = await Promise.all(nodes.map((node) => node.isPrimary()));
      found = nodes[are.indexOf(true)];
      return found !== undefined;
    });
    if (found === undefined) throw new Error("there is no primary");
    return found;
  };
  const rest = async (node: PatroniNode, method: string, path: string, body: object): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${node.restPort}${path}`, {
      method,
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  };
  return {
    url: `postgres://postgres@127.0.0.1:${frontPort}/postgres`,
    nodes,
    primary,
    async whole(how) {
      await until(`a standby receives ${how}`, async () => {
        const are = await Promise.all(nodes.map((node) => node.isSynchronous()));
        const states = await (await primary()).standbys();
        return [...states.values()].includes(how) && are.includes(true) === (how === "sync");
      });
    },
    async configure(settings) {
      await rest(await primary(), "PATCH", "/config", settings);
    },
    async switchover() {
      const from = await primary();
      const to = nodes.find((node) => node !== from);
      await rest(from, "POST", "/switchover", { leader: from.name, candidate: to?.name });
    },
    async stopStore() {
      store.kill("SIGKILL");
      await once(store, "exit");
    },
    async startStore() {
      store = startStore(folder, storePort, peerPort);
    },
    async close() {
      for (const node of nodes) await node.kill();
      store.kill("SIGKILL");
      haproxy.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What we ship, with the addresses of this machine, without a watchdog and without TLS. */
function configurationOf(
  name: string,
  ports: { readonly database: number; readonly rest: number },
  dataFolder: string,
  storePort: number,
): string {
  const {
    etcd3: _store,
    watchdog: _watchdog,
    ...settings
  } = parse(readFileSync(shipped, "utf8")) as {
    readonly etcd3: unknown;
    readonly watchdog: unknown;
    readonly postgresql: object;
  }; // as: our own file
  const [database, rest] = [`127.0.0.1:${ports.database}`, `127.0.0.1:${ports.rest}`];
  return stringify({
    ...settings,
    name,
    restapi: { listen: rest, connect_address: rest },
    etcd: { host: `127.0.0.1:${storePort}` },
    postgresql: {
      ...settings.postgresql,
      listen: database,
      connect_address: database,
      data_dir: dataFolder,
      bin_dir: "/usr/lib/postgresql/15/bin",
      pgpass: `${dataFolder}.pgpass`,
      pg_hba: [
        "local all all trust",
        "host all all 127.0.0.1/32 trust",
        "host replication all 127.0.0.1/32 trust",
      ],
      parameters: { unix_socket_directories: dataFolder, fsync: "off" },
    },
  });
}

function startStore(folder: string, port: number, peerPort: number): ChildProcess {
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const settings = [
    "--listen-client-urls",
    client,
    "--advertise-client-urls",
    client,
    "--listen-peer-urls",
    peer,
  ];
  return spawn("/usr/bin/etcd", ["--enable-v2", "--data-dir", join(folder, "etcd"), ...settings], {
    stdio: "ignore",
  });
}

function startHaproxy(folder: string, port: number, nodes: readonly PatroniNode[]): ChildProcess {
  const servers = nodes.map(
    ({ name, url, restPort }) => `  server ${name} ${new URL(url).host} check port ${restPort}`,
  );
  const file = join(folder, "haproxy.cfg");
  const text = `defaults
  mode tcp
  timeout connect 1s
  timeout client 1h
  timeout server 1h
listen primary
  bind 127.0.0.1:${port}
  option httpchk GET /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${servers.join("\n")}
`;
  writeFileSync(file, text);
  return spawn("/usr/sbin/haproxy", ["-db", "-f", file], { stdio: "ignore" });
}

function idOf(which: "-u" | "-g"): number {
  return Number(execFileSync("id", [which, "postgres"], { encoding: "utf8" }));
}
