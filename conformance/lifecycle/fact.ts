import type { Reply } from "@octavo/testing/stand-in-modules/reply";
import type { RecordedCall, Scene } from "@octavo/testing/stand-in-modules/start-stand-ins";
import { expect } from "vitest";
import type { Answer } from "../gateway/http.ts";
import { ask } from "../gateway/http.ts";
import { finishedJob, type JobModule } from "./finished-job.ts";
import type { Platform } from "./platform.ts";

/** A call to the management API, below `/_/proxy/tenants/{a tenant of its own}` where the path does not begin with `/_/`. */
export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
}

/** A system call that a module got: who, what, and the body as JSON; null is an empty one. */
export type Called = readonly [moduleId: string, request: string, body: unknown];

/** One thing that Okapi does, by a test or the source of it. What is left out is not looked at. */
export interface Fact {
  readonly claim: string;
  /** "InstallTest.installOK", or the method of Okapi's source where no test has it. */
  readonly source: string;
  /** Done before, in a fresh tenant; must succeed. */
  readonly given?: readonly Ask[];
  /** How modules behave from `ask` on, for this tenant. */
  readonly script?: readonly (readonly [Omit<Scene, "tenant">, ...Reply[]])[];
  readonly ask: Ask;
  readonly status: number;
  /** The whole answer as JSON, or as text. "{tenant}" stands for the tenant's id. */
  readonly json?: unknown;
  readonly text?: string | RegExp;
  /** `modules` of the job at the answer's Location, once complete. */
  readonly job?: readonly (Omit<JobModule, "message"> & { readonly message?: string | RegExp })[];
  /** All system calls since `ask`, in order. */
  readonly calls?: readonly Called[];
  /** Module ids enabled in the end, in any order. */
  readonly enabled?: readonly string[];
  /** Where Octavo answers otherwise on purpose; docs/compatibility.md says why. */
  readonly octavo?: Pick<Partial<Fact>, "status" | "json" | "text" | "job" | "calls" | "enabled">;
}

/** What of a fact is compared. */
interface Outcome {
  readonly status: number;
  readonly text?: unknown;
  readonly json?: unknown;
  readonly job?: unknown;
  readonly calls?: readonly Called[];
  readonly enabled?: readonly string[];
}

/** Makes the fact's calls in a tenant of its own.
 * @returns what was seen, of all that the fact speaks of, and what should have been, to be compared with toEqual */
export async function outcomes(platform: Platform, fact: Fact): Promise<{ seen: Outcome; wanted: Outcome }> {
  const wanted = platform.kind === "octavo" ? { ...fact, ...fact.octavo } : fact;
  const tenant = await platform.tenant();
  for (const each of fact.given ?? []) await prepare(platform, tenant, each);
  for (const [scene, first, ...more] of wanted.script ?? []) {
    if (first !== undefined) platform.standIns.script({ ...scene, tenant }, first, ...more);
  }
  const since = platform.standIns.calls.length;
  const answer = await asked(platform, tenant, wanted.ask);
  const { status, text } = answer;
  // A job is waited for before its effects are looked at. The text comes along where the status alone would be a riddle.
  const job = wanted.job === undefined ? {} : { job: await jobOf(platform, answer) };
  return {
    seen: {
      status,
      ...(wanted.text !== undefined || status !== wanted.status ? { text } : {}),
      ...(wanted.json === undefined || status !== wanted.status ? {} : { json: JSON.parse(text) }),
      ...job,
      ...(wanted.calls && { calls: platform.callsFor(tenant, since).map(asCalled) }),
      ...(wanted.enabled && { enabled: await enabledIds(platform, tenant) }),
    },
    wanted: {
      status: wanted.status,
      ...(wanted.text === undefined ? {} : { text: like(wanted.text, tenant) }),
      ...(wanted.json === undefined ? {} : { json: wanted.json }),
      ...(wanted.job && { job: wanted.job.map((module) => likeModule(module, tenant)) }),
      ...(wanted.calls && { calls: wanted.calls }),
      ...(wanted.enabled && { enabled: [...wanted.enabled].sort() }),
    },
  };
}

async function prepare(platform: Platform, tenant: string, each: Ask): Promise<void> {
  const { status, text } = await asked(platform, tenant, each);
  if (status >= 300) throw new Error(`given ${each.method ?? "POST"} ${each.path}: ${status} ${text}`);
}

async function asked(
  platform: Platform,
  tenant: string,
  { method = "POST", path, body }: Ask,
): Promise<Answer> {
  const below = path.startsWith("/_/") ? path : `/_/proxy/tenants/${tenant}${path}`;
  const text = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  return ask(platform.api.baseUrl, { method, path: below, ...text });
}

async function jobOf(platform: Platform, { location }: Answer): Promise<unknown> {
  if (location === null || !/^\/_\/proxy\/tenants\/[a-z0-9]+\/install\/[0-9a-f-]{36}$/u.test(location)) {
    return `Location: ${location}`;
  }
  return (await finishedJob(platform.api, location)).modules;
}

function like(wanted: string | RegExp, tenant: string): unknown {
  return typeof wanted === "string" ? wanted.replaceAll("{tenant}", tenant) : expect.stringMatching(wanted);
}

function likeModule({ message, ...rest }: NonNullable<Fact["job"]>[number], tenant: string): unknown {
  return message === undefined ? rest : { ...rest, message: like(message, tenant) };
}

export async function enabledIds({ api }: Platform, tenant: string): Promise<readonly string[]> {
  // as: what the list answers
  const list = JSON.parse((await api.get(`/_/proxy/tenants/${tenant}/modules`)).text) as {
    readonly id: string;
  }[];
  return list.map(({ id }) => id).sort();
}

export function asCalled({ moduleId, method, path, body }: RecordedCall): Called {
  return [moduleId, `${method} ${path}`, body === "" ? null : JSON.parse(body)];
}
