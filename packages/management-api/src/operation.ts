import type { TSchema } from "typebox";

/** One operation of the management API: the single source of its handler's place, its line in the internal module
 * descriptor, its part of the OpenAPI document and its method in the client (docs/decisions: one route table). */
export interface Operation {
  /** Resource first, then the verb: "modules.list", "tenants.modules.enable". */
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With parameters in braces: "/_/proxy/tenants/{tenantId}/modules". */
  readonly path: string;
  /** "okapi" is part of Okapi's API and answers in its form; "octavo" is an addition: /_/metrics, and what is under /_/octavo/ or /_/health/. */
  readonly origin: "okapi" | "octavo";
  readonly access: Access;
  readonly summary: string;
  readonly query: readonly QueryParameter[];
  readonly body: RequestBody | null;
  readonly answers: readonly Answer[];
  /** True where a call may change something: it is audited and may carry an Idempotency-Key. */
  readonly writes: boolean;
}

export type Access =
  /** Nobody needs a credential. */
  | { readonly kind: "public" }
  /** Any valid token, operator's or tenant's. */
  | { readonly kind: "any-token"; readonly permission: string }
  /** An operator with one of these roles ("admin" always may), or, where `self` is not null, a token of the tenant in the
   * path that holds these permissions (Okapi: permissionsRequiredTenant). `permission` is Okapi's name for it. */
  | {
      readonly kind: "guarded";
      readonly permission: string;
      readonly roles: readonly OperatorRole[];
      readonly self: readonly string[] | null;
      /** Besides, a module of a tenant with its own token, where it provides one of these interfaces to that tenant. */
      readonly providersOf?: readonly string[];
    };

export type OperatorRole = "admin" | "viewer" | "deployer" | "tenant-admin";
export const operatorRoles: readonly OperatorRole[] = ["admin", "viewer", "deployer", "tenant-admin"];

export interface QueryParameter {
  readonly name: string;
  readonly schema: TSchema;
  readonly isRequired: boolean;
  readonly description: string;
}

export interface RequestBody {
  readonly schema: TSchema;
  readonly contentType: "application/json";
  readonly limitBytes: number;
  readonly isOptional: boolean;
}

export interface Answer {
  readonly status: number;
  /** null where the answer has no body. */
  readonly schema: TSchema | null;
  readonly contentType: "application/json" | "text/plain" | "text/event-stream" | null;
  readonly description: string;
}
