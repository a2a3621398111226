import { randomUUID } from "node:crypto";
import type { Reply } from "./reply.ts";

type JobReply = Extract<Reply, { as: "job" }>;

interface TenantJob {
  readonly reply: JobReply;
  readonly attributes: Readonly<Record<string, unknown>>;
  looks: number;
}

/** What is said over HTTP. */
export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const json = { "Content-Type": "application/json" };

/** The jobs of `_tenant` 2.0 that stand-in modules have begun and nobody has deleted. A job belongs to the base path that
 * it was begun at: at another one nobody knows it. */
export class TenantJobs {
  readonly #jobs = new Map<string, TenantJob>();

  /** @param below path of the operation, "/_/tenant" */
  begin(base: string, below: string, body: string, reply: JobReply): Said {
    const id = randomUUID();
    const attributes = attributesIn(body);
    this.#jobs.set(`${base}${id}`, { reply, attributes, looks: 0 });
    const location = reply.location === undefined ? `${below}/${id}` : reply.location;
    const said = { ...attributes, ...(reply.id === null ? {} : { id }), complete: false };
    return {
      status: 201,
      headers: { ...json, ...(location === null ? {} : { Location: location }) },
      body: reply.body ?? JSON.stringify(said, null, 2),
    };
  }

  look(base: string, id: string): Said {
    const found = this.#jobs.get(`${base}${id}`);
    if (found === undefined) return unknownJob(id);
    found.looks += 1;
    const { polls = 1, error, messages } = found.reply;
    const isComplete = found.looks >= polls;
    const failure = isComplete && error !== undefined ? { error, ...(messages ? { messages } : {}) } : {};
    const said = { ...found.attributes, id, complete: isComplete, ...failure };
    return { status: 200, headers: json, body: JSON.stringify(said, null, 2) };
  }

  forget(base: string, id: string): Said {
    return this.#jobs.delete(`${base}${id}`) ? { status: 204, headers: {}, body: "" } : unknownJob(id);
  }

  get size(): number {
    return this.#jobs.size;
  }
}

function unknownJob(id: string): Said {
  return { status: 404, headers: { "Content-Type": "text/plain" }, body: `Not found ${id}` };
}

function attributesIn(body: string): Record<string, unknown> {
  // as: TenantAttributes, given back as they came
  return body === "" ? {} : (JSON.parse(body) as Record<string, unknown>);
}
