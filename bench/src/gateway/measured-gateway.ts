import { readFileSync } from "node:fs";
import { type SpawnedOctavo, spawnOctavo, temporaryFolder } from "@octavo/testing/spawn-octavo";
import { processTree } from "../start-memory.ts";
import { MEASURED_CORE, moveTo } from "./cores.ts";
import { signInDescriptors } from "./sign-in-modules.ts";

/** A gateway as an operator starts it, with one tenant. */
export interface MeasuredGateway {
  readonly octavo: SpawnedOctavo;
  /** The processes that serve: the gateway's own, and its workers where it has some. */
  readonly pids: readonly number[];
  call(method: string, path: string, headers?: HeaderMap, body?: unknown): Promise<string>;
  stop(): Promise<void>;
}

type HeaderMap = Readonly<Record<string, string>>;

export const TENANT = "diku";
const OPERATOR_TOKEN = "the-operator-of-a-benchmark-and-nothing-else";

/** The module that is called: the same route open, with a permission, with a token of the module's own, and behind a filter
 * that is told of the request only. */
const benchDescriptor = {
  id: "mod-bench-1.0.0",
  provides: [
    {
      id: "bench",
      version: "1.0",
      handlers: [
        { methods: ["GET", "POST"], pathPattern: "/bench/open/{id}", permissionsRequired: [] },
        { methods: ["GET"], pathPattern: "/bench/checked/{id}", permissionsRequired: ["bench.get"] },
        {
          methods: ["GET"],
          pathPattern: "/bench/minted/{id}",
          permissionsRequired: ["bench.get"],
          modulePermissions: ["other.get", "other.post"],
        },
        { methods: ["GET"], pathPattern: "/bench/filtered/{id}", permissionsRequired: [] },
      ],
    },
  ],
  permissionSets: [{ permissionName: "bench.get" }],
};

/** Large bodies in both directions. */
const bulkDescriptor = {
  id: "mod-bulk-1.0.0",
  provides: [
    {
      id: "bulk",
      version: "1.0",
      handlers: [{ methods: ["GET", "POST"], pathPattern: "/bulk", permissionsRequired: [] }],
    },
  ],
};

const filterDescriptor = {
  id: "mod-filter-1.0.0",
  filters: [{ methods: ["GET"], pathPattern: "/bench/filtered/{id}", phase: "pre", type: "headers" }],
};

export async function startMeasuredGateway(options: {
  readonly mode: "open" | "closed";
  readonly upstreamUrl: string;
  readonly bulkUrl: string;
  readonly signInUrl: string;
  /** On the measured core; default true. */
  readonly isPinned?: boolean;
  readonly env?: HeaderMap;
}): Promise<MeasuredGateway> {
  const folder = temporaryFolder();
  const octavo = await spawnOctavo(["gateway"], {
    OCTAVO_DATA_DIR: folder.path,
    OCTAVO_HOST: "127.0.0.1",
    OCTAVO_LOG_LEVEL: "warn",
    ...(options.mode === "open"
      ? { OCTAVO_MANAGEMENT_AUTH: "open" }
      : { OCTAVO_OPERATOR_TOKEN: OPERATOR_TOKEN }),
    ...options.env,
  });
  const stop = async (): Promise<void> => {
    await octavo.stop();
    folder.remove();
  };
  const call: MeasuredGateway["call"] = async (method, path, headers = {}, body) => {
    const answered = await fetch(octavo.url + path, {
      method,
      headers: { "Content-Type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answered.text();
    if (answered.status >= 300) throw new Error(`${method} ${path}: ${answered.status} ${text}`);
    return text;
  };
  try {
    await octavo.healthy();
    const operator: HeaderMap = options.mode === "open" ? {} : { "X-Okapi-Token": OPERATOR_TOKEN };
    const modules = [
      ...signInDescriptors.map((descriptor) => ({ descriptor, url: options.signInUrl })),
      { descriptor: benchDescriptor, url: options.upstreamUrl },
      { descriptor: filterDescriptor, url: options.upstreamUrl },
      { descriptor: bulkDescriptor, url: options.bulkUrl },
    ];
    for (const { descriptor, url } of modules) {
      const { id } = descriptor;
      await call("POST", "/_/proxy/modules?check=false", operator, descriptor);
      await call("POST", "/_/discovery/modules", operator, { instId: `${id}-1`, srvcId: id, url });
    }
    await call("POST", "/_/proxy/tenants", operator, { id: TENANT });
    const steps = modules.map(({ descriptor: { id } }) => ({ id, action: "enable" }));
    await call("POST", `/_/proxy/tenants/${TENANT}/install?invoke=false`, operator, steps);
    const pids = processTree(octavo.pid).filter((pid) => isNode(pid));
    if (options.isPinned !== false) for (const pid of pids) moveTo(MEASURED_CORE, pid);
    return { octavo, pids, call, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** PostgreSQL is a child too, and not what is asked about. */
function isNode(pid: number): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0] === process.execPath;
}
