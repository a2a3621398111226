import type { RecordedCall, StandIns } from "@octavo/testing/stand-in-modules/start-stand-ins";
import { startStandIns } from "@octavo/testing/stand-in-modules/start-stand-ins";
import type { Answer, Api } from "../gateway/http.ts";
import { openTarget } from "../gateway/target.ts";
import type { Descriptor } from "./descriptor.ts";

/** A gateway and the modules it knows, every one of them played by a stand-in. */
export interface Platform {
  readonly api: Api;
  readonly kind: "octavo" | "okapi";
  readonly standIns: StandIns;
  /** Adds descriptors, all or none, and says where their modules are. Those without any call to answer need no place. */
  add(descriptors: readonly Descriptor[]): Promise<void>;
  /** A new tenant; its id. */
  tenant(): Promise<string>;
  /** The system calls that modules got for this tenant, since a number of calls. Looks at jobs are left out. */
  callsFor(tenant: string, since?: number): readonly RecordedCall[];
  close(): Promise<void>;
}

const operations: ReadonlySet<string> = new Set(["init", "disable", "purge", "permissions"]);

export async function openPlatform(descriptors: readonly Descriptor[]): Promise<Platform> {
  const target = await openTarget();
  const standIns = await startStandIns();
  const { api } = target;
  let tenants = 0;

  const platform: Platform = {
    api,
    kind: target.kind,
    standIns,
    async add(more) {
      standIns.host(more);
      await succeed(api.post("/_/proxy/import/modules?check=false", more), 204);
      for (const { id } of more.filter(({ provides, filters }) => provides?.length || filters?.length)) {
        const instance = { srvcId: id, instId: `stand-in-${id}`, url: standIns.urlOf(id) };
        await succeed(api.post("/_/discovery/modules", instance), 201);
      }
    },
    async tenant() {
      const id = `lib${(tenants += 1)}`;
      await succeed(api.post("/_/proxy/tenants", { id }), 201);
      return id;
    },
    callsFor: (tenant, since = 0) =>
      standIns.calls.slice(since).filter((call) => call.tenant === tenant && operations.has(call.kind)),
    async close() {
      await target.close();
      await standIns.close();
    },
  };
  await platform.add(descriptors);
  return platform;
}

/** The answer, which must have this status: what a test needs before it can claim anything. */
export async function succeed(asked: Promise<Answer>, status: number): Promise<Answer> {
  const answer = await asked;
  if (answer.status !== status) throw new Error(`${answer.status} ${answer.text.slice(0, 1_000)}`);
  return answer;
}
