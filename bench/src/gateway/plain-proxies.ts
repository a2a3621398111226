import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort, isListening } from "@octavo/testing/free-port";
import { spawnOn } from "./cores.ts";

/** A server of others, as a process of its own. */
export interface PlainServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** What the module answers: 600 bytes of JSON. */
const ANSWER = `{"padding":"${"x".repeat(586)}"}`;

/** The upstream of everybody: nginx itself answers, so that it takes as little of the load's core as can be. */
export async function startUpstream(folder: string, core: number): Promise<PlainServer> {
  return await startNginx(folder, core, "upstream", () => [
    `location / { default_type application/json; return 200 '${ANSWER}'; }`,
  ]);
}

/** nginx as a plain reverse proxy: connections kept on both sides, bodies streamed, no log. */
export async function startNginxProxy(
  folder: string,
  core: number,
  upstreamPort: number,
): Promise<PlainServer> {
  return await startNginx(
    folder,
    core,
    "proxy",
    () => [
      "location / { proxy_pass http://module; proxy_http_version 1.1; proxy_set_header Connection ''; }",
      "client_max_body_size 0; proxy_request_buffering off; proxy_max_temp_file_size 0;",
    ],
    `upstream module { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 1000000000; }`,
  );
}

/** HAProxy as a plain reverse proxy, likewise. */
export async function startHaproxy(folder: string, core: number, upstreamPort: number): Promise<PlainServer> {
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 2000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend from_clients
  bind 127.0.0.1:${port}
  default_backend module
backend module
  server module1 127.0.0.1:${upstreamPort}
`,
  );
  return await started(spawnOn(core, "haproxy", ["-db", "-q", "-f", file]), port);
}

async function startNginx(
  folder: string,
  core: number,
  name: string,
  server: () => readonly string[],
  around = "",
): Promise<PlainServer> {
  const port = await freePort();
  const file = join(folder, `${name}.conf`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (of) => `${of}_temp_path ${folder}/${name}-${of};`,
  );
  writeFileSync(
    file,
    `daemon off; master_process off; worker_processes 1; pid ${folder}/${name}.pid; error_log stderr crit;
events { worker_connections 2000; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; ${temporary.join(" ")}
  ${around}
  server { listen 127.0.0.1:${port}; ${server().join(" ")} }
}
`,
  );
  return await started(spawnOn(core, "nginx", ["-e", "stderr", "-c", file]), port);
}

async function started(child: ChildProcess, port: number): Promise<PlainServer> {
  const ended = once(child, "exit");
  const givesUpAt = performance.now() + 10_000;
  while (!(await isListening(port))) {
    if (child.exitCode !== null || performance.now() > givesUpAt)
      throw new Error(`${child.spawnargs.join(" ")} does not listen`);
    await delay(20);
  }
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
