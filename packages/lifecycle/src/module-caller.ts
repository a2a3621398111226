/** Who brings a job's calls to modules. */
export type CallModule = (request: ModuleRequest) => Promise<ModuleAnswer>;

export interface ModuleRequest {
  readonly tenantId: string;
  readonly moduleId: string;
  readonly interfaceId: "_tenant" | "_tenantPermissions";
  readonly method: "GET" | "POST" | "DELETE";
  /** As in the descriptor, by which its entry is found. */
  readonly pathPattern: string;
  readonly path: string;
  /** "" for none. */
  readonly body: string;
  readonly jobId: string;
  /** The same whenever this very call is sent again; no other call has it. */
  readonly key: string;
  /** Of the lease under which it is sent: a module that has seen a higher one may refuse it. */
  readonly epoch: number;
  readonly requestId: string | null;
  /** Where to go first; null for any instance. */
  readonly instanceId: string | null;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

export type ModuleAnswer =
  | {
      /** With a status from 200 to 299. */
      readonly kind: "answered";
      readonly location: string | null;
      readonly body: string;
      readonly instanceId: string;
    }
  | {
      /** no-instance, not-allowed: it was not called, and will not be; not-sent: no byte has left; unanswered: it may have
       * been carried out; refused: it answered with another status. */
      readonly kind: "no-instance" | "not-allowed" | "not-sent" | "unanswered" | "refused";
      readonly message: string;
      readonly status: number | null;
    };
