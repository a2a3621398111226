import { type CallRequest, type Calls, isAbsent, type Log, type TSchema, Type } from "@octavo/module-kit";

/** The MARC record of an instance follows it where somebody provides source-storage-records. That it did not is logged, and stops nothing: so does
 * mod-inventory. */
export class SourceRecords {
  private readonly calls: Calls;
  private readonly log: Log;

  constructor({ calls, log }: { readonly calls: Calls; readonly log: Log }) {
    this.calls = calls;
    this.log = log;
  }

  async suppress(instanceId: string, isSuppressed: boolean): Promise<void> {
    const path = `/source-storage/records/${instanceId}/suppress-from-discovery`;
    await this.tell(instanceId, {
      method: "PUT",
      path,
      query: { idType: "INSTANCE", suppress: isSuppressed },
    });
  }

  async delete(instanceId: string): Promise<void> {
    const path = `/source-storage/records/${instanceId}`;
    await this.tell(instanceId, { method: "DELETE", path, query: { idType: "INSTANCE" } });
  }

  private async tell(
    instanceId: string,
    request: Pick<CallRequest<TSchema>, "method" | "path" | "query">,
  ): Promise<void> {
    const told = await this.calls.send({ ...request, answer: Type.Unknown(), timeoutMs: 5000 });
    if (told.ok || isAbsent(told.error)) return;
    const because = told.error.kind === "refused" ? told.error.status : told.error.kind;
    this.log.warn({ instanceId, because }, "the MARC record of an instance did not follow it");
  }
}
