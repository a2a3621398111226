/** The tables of the schema `octavo` as far as a gateway's registry and jobs touch them; times are milliseconds of the server's
 * clock. What a statement does not read is not kept. */
export interface Rows {
  readonly meta: { readonly value: string };
  readonly migration: { readonly version: number; readonly name: string; readonly checksum: string };
  readonly revision: { readonly counter: number; readonly history: string; readonly hash: string };
  readonly change: ChangeRow;
  readonly changeCut: { readonly revision: number; readonly hash: string };
  readonly module: { readonly id: string; readonly descriptor: string; readonly digest: string };
  readonly tenant: { readonly id: string; readonly name: string | null; readonly description: string | null };
  readonly tenantModule: { readonly tenantId: string; readonly module: string };
  readonly env: {
    readonly name: string;
    readonly value: string | null;
    readonly description: string | null;
    readonly required: boolean;
  };
  readonly instance: InstanceRow;
  readonly lease: { readonly holder: string; readonly epoch: number; readonly expiresAtMs: number };
  readonly idempotency: {
    readonly actor: string;
    readonly fingerprint: string;
    readonly answer: string;
    readonly revision: number;
  };
  readonly audit: { readonly action: string };
  readonly job: JobRow;
  readonly step: {
    readonly jobId: string;
    readonly number: number;
    readonly state: string;
    readonly message: string | null;
  };
  readonly call: CallRow;
  readonly rewind: {
    readonly id: string;
    readonly keptRevision: number;
    readonly isComplete: boolean;
    readonly isAcknowledged: boolean;
  };
  readonly lostChange: { readonly rewindId: string; readonly writeId: string };
}

export interface ChangeRow {
  readonly revision: number;
  readonly writeId: string;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly idempotencyKey: string | null;
  readonly mustUnderstand: boolean;
  readonly ops: unknown;
  readonly previousHash: string;
  readonly hash: string;
}

export interface InstanceRow {
  readonly id: string;
  readonly url: string;
  readonly name: string | null;
  readonly version: string;
  readonly protocolMin: number;
  readonly protocolMax: number;
  readonly history: string | null;
  readonly appliedRevision: number;
  readonly startedAtMs: number;
  readonly heartbeatAtMs: number;
}

export interface JobRow {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: string;
  readonly plan: unknown;
  readonly state: string;
  readonly message: string | null;
  readonly fault: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly sinceMs: number;
  readonly deadlineMs: number | null;
  readonly requestedBy: string;
  readonly requestId: string | null;
  readonly owner: string | null;
  readonly epoch: number;
}

export interface CallRow {
  readonly jobId: string;
  readonly part: number;
  readonly number: number;
  readonly planned: unknown;
  readonly state: string;
  readonly epoch: number;
  readonly attempts: number;
  readonly begunAtMs: number | null;
  readonly instanceId: string | null;
  readonly moduleJob: string | null;
  readonly message: string | null;
  readonly fault: string | null;
}

export type TableName = keyof Rows;

/** What has been committed; never changed, only replaced. */
export type Committed = ReadonlyMap<TableName, ReadonlyMap<string, unknown>>;
