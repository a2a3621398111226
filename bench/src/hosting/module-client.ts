import { Agent, request } from "node:http";

/** Calls a module as a gateway does, for one tenant, on connections that are kept. */
export class ModuleClient {
  readonly #url: string;
  readonly #tenantId: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string, tenantId: string) {
    this.#url = url;
    this.#tenantId = tenantId;
  }

  /** @param body JSON
   * @returns the answer's text
   * @throws Error with the answer where it is none of 2xx */
  async call(method: "GET" | "POST", path: string, body = "", headers: object = {}): Promise<string> {
    const { status, text } = await this.#send(method, path, body, headers);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 500)}`);
    return text;
  }

  async enable(moduleId: string): Promise<void> {
    const wanted = { module_to: moduleId, parameters: [{ key: "loadReference", value: "true" }] };
    const { id } = JSON.parse(await this.call("POST", "/_/tenant", JSON.stringify(wanted))) as { id: string }; // as: a tenant job has one
    for (let isDone = false; !isDone;) {
      const job = JSON.parse(await this.call("GET", `/_/tenant/${id}?wait=25000`)) as Job; // as: what the tenant API answers
      if (job.error !== undefined) throw new Error(job.error);
      isDone = job.complete;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, body: string, more: object): Promise<{ status: number; text: string }> {
    const headers = {
      "x-okapi-tenant": this.#tenantId,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      ...more,
    };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#url}${path}`, { method, headers, agent: this.#agent }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on("data", (piece: Buffer) => pieces.push(piece));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString("utf8") }),
        );
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

interface Job {
  readonly complete: boolean;
  readonly error?: string;
}
