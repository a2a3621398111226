/** Who may do what on the management API (DECISIONS 2), a second time: written by hand beside Okapi's own table
 * (InternalModule), not read from the gateway's. Administrators may everything. */

export type Role = "viewer" | "deployer" | "tenant-admin";

export interface ManagementAccess {
  readonly method: string;
  readonly path: string;
  readonly rule:
    | { readonly kind: "everybody" }
    | { readonly kind: "any-token" }
    | {
        readonly kind: "guarded";
        readonly roles: readonly Role[];
        /** What a caller of the tenant in the path needs; null where his token counts for nothing. */
        readonly ofOwnTenant: readonly string[] | null;
        /** Whose own token is enough: modules that provide one of these to a tenant. */
        readonly providers: readonly string[];
      };
}

/** v viewer, d deployer, t tenant-admin; then what a tenant's own caller needs ("self" alone: nothing). */
const table = `
GET    /_/proxy/modules                                        v d t
POST   /_/proxy/modules                                        d
GET    /_/proxy/modules/{moduleId}                             v d t
DELETE /_/proxy/modules/{moduleId}                             d
POST   /_/proxy/import/modules                                 d
POST   /_/proxy/cleanup/modules                                d
POST   /_/proxy/pull/modules                                   d
GET    /_/proxy/tenants                                        v d t
POST   /_/proxy/tenants                                        -
GET    /_/proxy/tenants/{tenantId}                             v d t
PUT    /_/proxy/tenants/{tenantId}                             -
DELETE /_/proxy/tenants/{tenantId}                             -
GET    /_/proxy/tenants/{tenantId}/modules                     v d t self
POST   /_/proxy/tenants/{tenantId}/modules                     t
DELETE /_/proxy/tenants/{tenantId}/modules                     t
GET    /_/proxy/tenants/{tenantId}/modules/{moduleId}          v d t self
POST   /_/proxy/tenants/{tenantId}/modules/{moduleId}          t
DELETE /_/proxy/tenants/{tenantId}/modules/{moduleId}          t
POST   /_/proxy/tenants/{tenantId}/install                     t
GET    /_/proxy/tenants/{tenantId}/install                     v d t
DELETE /_/proxy/tenants/{tenantId}/install                     t
GET    /_/proxy/tenants/{tenantId}/install/{installId}         v d t
DELETE /_/proxy/tenants/{tenantId}/install/{installId}         t
POST   /_/proxy/tenants/{tenantId}/upgrade                     t
GET    /_/proxy/tenants/{tenantId}/interfaces                  v d t self
GET    /_/proxy/tenants/{tenantId}/interfaces/{interfaceId}    v d t self
GET    /_/proxy/tenants/{tenantId}/timers                      v d t self
PATCH  /_/proxy/tenants/{tenantId}/timers                      t self okapi.proxy.self.timers.patch
GET    /_/proxy/tenants/{tenantId}/timers/{timerId}            v d t self
PATCH  /_/proxy/tenants/{tenantId}/timers/{timerId}            t self okapi.proxy.self.timers.patch
GET    /_/discovery/modules                                    v d t
POST   /_/discovery/modules                                    d
DELETE /_/discovery/modules                                    d
GET    /_/discovery/modules/{serviceId}                        v d t
DELETE /_/discovery/modules/{serviceId}                        d
GET    /_/discovery/modules/{serviceId}/{instanceId}           v d t
DELETE /_/discovery/modules/{serviceId}/{instanceId}           d
GET    /_/discovery/health                                     v d t
GET    /_/discovery/health/{serviceId}                         v d t
GET    /_/discovery/health/{serviceId}/{instanceId}            v d t
GET    /_/discovery/nodes                                      v d t
GET    /_/discovery/nodes/{nodeId}                             v d t
PUT    /_/discovery/nodes/{nodeId}                             d
GET    /_/deployment/modules                                   v d t
POST   /_/deployment/modules                                   d
GET    /_/deployment/modules/{instanceId}                      v d t
DELETE /_/deployment/modules/{instanceId}                      d
GET    /_/env                                                  d
POST   /_/env                                                  d
GET    /_/env/{id}                                             d
DELETE /_/env/{id}                                             d
GET    /_/proxy/health                                         everybody
GET    /_/version                                              any-token
GET    /_/health/live                                          everybody
GET    /_/health/ready                                         everybody
GET    /_/octavo/version                                       any-token
GET    /_/octavo/openapi.json                                  everybody
GET    /_/octavo/operators                                     v
POST   /_/octavo/operators                                     -
GET    /_/octavo/operators/{operatorId}                        v
DELETE /_/octavo/operators/{operatorId}                        -
POST   /_/octavo/tenants/{tenantId}/plan                       v d t
GET    /_/octavo/audit                                         v
GET    /_/octavo/jobs                                          v d t
GET    /_/octavo/jobs/{jobId}                                  v d t
GET    /_/octavo/jobs/{jobId}/events                           v d t
POST   /_/octavo/jobs/{jobId}/resume                           t
POST   /_/octavo/jobs/{jobId}/retry                            t
POST   /_/octavo/jobs/{jobId}/fail                             t
POST   /_/octavo/jobs/{jobId}/cancel                           t
GET    /_/metrics                                              v
GET    /_/octavo/instances                                     v d t
GET    /_/octavo/cluster                                       v d t
POST   /_/octavo/cluster/finalize                              -
GET    /_/octavo/events                                        v
GET    /_/octavo/rewinds                                       v
POST   /_/octavo/rewinds/{rewindId}/acknowledge                -
POST   /_/octavo/rewinds/{rewindId}/propose                    -
GET    /_/octavo/keys                                          everybody
POST   /_/octavo/identity/invalidations                        t providers users permissions
GET    /_/octavo/tenants/{tenantId}/timers                     v d t
GET    /_/octavo/tenants/{tenantId}/timers/{timerId}           v d t
POST   /_/octavo/tenants/{tenantId}/timers/{timerId}/pause     t
POST   /_/octavo/tenants/{tenantId}/timers/{timerId}/resume    t
POST   /_/octavo/tenants/{tenantId}/timers/{timerId}/run       t
`;

const roleOf: Readonly<Record<string, Role>> = { v: "viewer", d: "deployer", t: "tenant-admin" };

export const managementAccess: readonly ManagementAccess[] = table.trim().split("\n").map(read);

function read(line: string): ManagementAccess {
  const [method = "", path = "", ...words] = line.split(/\s+/);
  const [first] = words;
  if (first === "everybody" || first === "any-token") return { method, path, rule: { kind: first } };
  const behind = (word: string) => (words.includes(word) ? words.slice(words.indexOf(word) + 1) : null);
  return {
    method,
    path,
    rule: {
      kind: "guarded",
      roles: words.flatMap((word) => roleOf[word] ?? []),
      ofOwnTenant: behind("self"),
      providers: behind("providers") ?? [],
    },
  };
}
