import { randomBytes } from "node:crypto";
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
  const known: string[] = [];
  const tenants: string[] = [];

  const platform: Platform = {
    api,
    kind: target.kind,
    standIns,
    async add(more) {
      standIns.host(more);
      known.push(...more.map(({ id }) => id));
      await succeed(api.post("/_/proxy/import/modules?check=false", more), 204);
      for (const { id } of more.filter(({ provides, filters }) => provides?.length || filters?.length)) {
        const instance = { srvcId: id, instId: `stand-in-${id}`, url: standIns.urlOf(id) };
        await succeed(api.post("/_/discovery/modules", instance), 201);
      }
    },
    async tenant() {
      const id = `lib${randomBytes(5).toString("hex")}`;
      tenants.push(id);
      await succeed(api.post("/_/proxy/tenants", { id }), 201);
      return id;
    },
    callsFor: (tenant, since = 0) =>
      standIns.calls.slice(since).filter((call) => call.tenant === tenant && operations.has(call.kind)),
    async close() {
      await cleanUp(api, tenants, known);
      await target.close();
      await standIns.close();
    },
  };
  await platform.add(descriptors);
  return platform;
}

/** So that the next file finds the target as this one did, where it is not our own. Nobody is called. */
async function cleanUp(api: Api, tenants: readonly string[], known: readonly string[]): Promise<void> {
  if ((process.env["OCTAVO_CONFORMANCE_URL"] ?? "") === "") return;
  for (const tenant of [...tenants, "supertenant"]) {
    const own = `/_/proxy/tenants/${tenant}`;
    // as: what the list answers
    const list = JSON.parse((await api.get(`${own}/modules`)).text) as readonly { readonly id: string }[];
    const gone = list.filter(({ id }) => known.includes(id)).map(({ id }) => ({ id, action: "disable" }));
    await api.post(`${own}/install?invoke=false&depCheck=false`, gone);
    if (tenant !== "supertenant") await api.delete(own);
  }
  await api.delete("/_/discovery/modules");
  // A module that another one needs can be deleted after that one only.
  let left = known;
  for (let before = -1; left.length > 0 && left.length !== before;) {
    before = left.length;
    const answers = await Promise.all(left.map((id) => api.delete(`/_/proxy/modules/${id}`)));
    left = left.filter((_, at) => answers[at]?.status === 400);
  }
}

/** The answer, which must have this status: what a test needs before it can claim anything. */
export async function succeed(asked: Promise<Answer>, status: number): Promise<Answer> {
  const answer = await asked;
  if (answer.status !== status) throw new Error(`${answer.status} ${answer.text.slice(0, 1_000)}`);
  return answer;
}
