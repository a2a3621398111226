// Written by npm run generate from packages/management-api. Changes belong there.
import type { Answer } from "../answer.ts";
import type { Call, CallOptions, WriteOptions } from "../call.ts";
import type { RawJson } from "../raw-json.ts";
import type {
  AuditPage,
  Cluster,
  ClusterStatus,
  DeploymentDescriptor,
  EnvEntry,
  ExplainedPlan,
  Finalized,
  HealthDescriptor,
  HealthStatus,
  IdentityInvalidations,
  InstallJob,
  InterfaceDescriptor,
  Job,
  JobList,
  KeySet,
  ModuleDescriptor,
  ModuleSummary,
  NewOperator,
  NodeDescriptor,
  Operator,
  OperatorWithToken,
  PlanRequest,
  PullDescriptor,
  Readiness,
  Rewind,
  RoutingEntry,
  TenantDescriptor,
  TenantModuleDescriptor,
  TimerDescriptor,
  TimerHistory,
  TimerState,
  VersionInfo,
} from "./schemas.ts";

export interface ModulesListQuery {
  /** Only modules whose id begins with this product, or product and version */
  readonly filter?: string;
  /** Only so many versions of each product, the newest */
  readonly latest?: number;
  /** Only modules that provide one of these: comma-separated; each "interface" or "interface=version" */
  readonly provide?: string;
  /** Only modules that require or can use one of these: comma-separated; each "interface" or "interface=version" */
  readonly require?: string;
  /** With provide and require: only interfaces of this scope */
  readonly scope?: string;
  /** What to order by; falls by default */
  readonly orderBy?: "id";
  /** Direction of orderBy; desc where it is left out */
  readonly order?: "asc" | "desc";
  /** Whole descriptors in place of the brief form */
  readonly full?: boolean;
  /** A graph for Graphviz, as text */
  readonly dot?: boolean;
  /** Whether pre-releases are considered; "only" leaves everything else out */
  readonly preRelease?: "true" | "false" | "only";
  /** Whether snapshots as NPM names them (a third number of five or more digits) are considered; "only" leaves everything else out */
  readonly npmSnapshot?: "true" | "false" | "only";
}

export interface ModulesCreateQuery {
  /** Whether dependencies must be known and a known id must not change */
  readonly check?: boolean;
  /** Whether pre-releases are considered; "only" leaves everything else out */
  readonly preRelease?: "true" | "false" | "only";
  /** Whether snapshots as NPM names them (a third number of five or more digits) are considered; "only" leaves everything else out */
  readonly npmSnapshot?: "true" | "false" | "only";
}

export interface ModulesImportQuery {
  /** Whether dependencies must be known and a known id must not change */
  readonly check?: boolean;
  /** Whether pre-releases are considered; "only" leaves everything else out */
  readonly preRelease?: "true" | "false" | "only";
  /** Whether snapshots as NPM names them (a third number of five or more digits) are considered; "only" leaves everything else out */
  readonly npmSnapshot?: "true" | "false" | "only";
}

export interface ModulesCleanupQuery {
  /** Snapshots of so many newest releases are kept */
  readonly saveReleases: number;
  /** So many newest snapshots of each older release are kept */
  readonly saveSnapshots: number;
  /** Also forget modules that need a forgotten one */
  readonly removeDependencies?: boolean;
}

export interface TenantsModulesListQuery {
  /** Only modules whose id begins with this product, or product and version */
  readonly filter?: string;
  /** Only so many versions of each product, the newest */
  readonly latest?: number;
  /** Only modules that provide one of these: comma-separated; each "interface" or "interface=version" */
  readonly provide?: string;
  /** Only modules that require or can use one of these: comma-separated; each "interface" or "interface=version" */
  readonly require?: string;
  /** With provide and require: only interfaces of this scope */
  readonly scope?: string;
  /** What to order by; falls by default */
  readonly orderBy?: "id";
  /** Direction of orderBy; desc where it is left out */
  readonly order?: "asc" | "desc";
  /** Whole descriptors in place of the brief form */
  readonly full?: boolean;
  /** A graph for Graphviz, as text */
  readonly dot?: boolean;
  /** Whether pre-releases are considered; "only" leaves everything else out */
  readonly preRelease?: "true" | "false" | "only";
  /** Whether snapshots as NPM names them (a third number of five or more digits) are considered; "only" leaves everything else out */
  readonly npmSnapshot?: "true" | "false" | "only";
}

export interface TenantsModulesEnableQuery {
  /** Only tell what would be done */
  readonly simulate?: boolean;
  /** Answer at once with the place of a job */
  readonly async?: boolean;
  /** Start modules that are enabled, stop those that are disabled */
  readonly deploy?: boolean;
  /** Disabled modules remove the tenant's data */
  readonly purge?: boolean;
  /** Passed to modules at enabling: key=value, comma-separated */
  readonly tenantParameters?: string;
  /** Whether modules are told: true, false, or a regular expression that their ids must match */
  readonly invoke?: string;
  /** Go on with the other modules when one fails */
  readonly ignoreErrors?: boolean;
  /** Enable modules again that are up to date */
  readonly reinstall?: boolean;
  /** How many modules are called at once; more than 1 needs depCheck */
  readonly parallel?: number;
  /** Resolve dependencies; false takes the list as it is */
  readonly depCheck?: boolean;
  /** Whether pre-releases are considered; "only" leaves everything else out */
  readonly preRelease?: "true" | "false" | "only";
  /** Whether snapshots as NPM names them (a third number of five or more digits) are considered; "only" leaves everything else out */
  readonly npmSnapshot?: "true" | "false" | "only";
  /** stop leaves what was done before; undo goes back to the modules of before */
  readonly onFailure?: "stop" | "undo";
  /** How many seconds to wait for a job that the tenant has under way; else 409 at once */
  readonly waitFor?: number;
  /** How many seconds one call of a module may take, its own job included */
  readonly callTimeout?: number;
  /** After how many seconds nothing more is begun */
  readonly jobTimeout?: number;
}

export interface TenantsModulesDisableAllQuery {
  /** Whether modules are told: true, false, or a regular expression that their ids must match */
  readonly invoke?: string;
  /** Disabled modules remove the tenant's data */
  readonly purge?: boolean;
  /** Passed to modules at enabling: key=value, comma-separated */
  readonly tenantParameters?: string;
  /** stop leaves what was done before; undo goes back to the modules of before */
  readonly onFailure?: "stop" | "undo";
  /** How many seconds to wait for a job that the tenant has under way; else 409 at once */
  readonly waitFor?: number;
  /** How many seconds one call of a module may take, its own job included */
  readonly callTimeout?: number;
  /** After how many seconds nothing more is begun */
  readonly jobTimeout?: number;
}

export interface TenantsModulesReplaceQuery {
  /** Only tell what would be done */
  readonly simulate?: boolean;
  /** Answer at once with the place of a job */
  readonly async?: boolean;
  /** Start modules that are enabled, stop those that are disabled */
  readonly deploy?: boolean;
  /** Disabled modules remove the tenant's data */
  readonly purge?: boolean;
  /** Passed to modules at enabling: key=value, comma-separated */
  readonly tenantParameters?: string;
  /** Whether modules are told: true, false, or a regular expression that their ids must match */
  readonly invoke?: string;
  /** Go on with the other modules when one fails */
  readonly ignoreErrors?: boolean;
  /** Enable modules again that are up to date */
  readonly reinstall?: boolean;
  /** How many modules are called at once; more than 1 needs depCheck */
  readonly parallel?: number;
  /** Resolve dependencies; false takes the list as it is */
  readonly depCheck?: boolean;
  /** Whether pre-releases are considered; "only" leaves everything else out */
  readonly preRelease?: "true" | "false" | "only";
  /** Whether snapshots as NPM names them (a third number of five or more digits) are considered; "only" leaves everything else out */
  readonly npmSnapshot?: "true" | "false" | "only";
  /** stop leaves what was done before; undo goes back to the modules of before */
  readonly onFailure?: "stop" | "undo";
  /** How many seconds to wait for a job that the tenant has under way; else 409 at once */
  readonly waitFor?: number;
  /** How many seconds one call of a module may take, its own job included */
  readonly callTimeout?: number;
  /** After how many seconds nothing more is begun */
  readonly jobTimeout?: number;
}

export interface TenantsModulesDisableQuery {
  /** Whether modules are told: true, false, or a regular expression that their ids must match */
  readonly invoke?: string;
  /** Disabled modules remove the tenant's data */
  readonly purge?: boolean;
  /** Passed to modules at enabling: key=value, comma-separated */
  readonly tenantParameters?: string;
  /** stop leaves what was done before; undo goes back to the modules of before */
  readonly onFailure?: "stop" | "undo";
  /** How many seconds to wait for a job that the tenant has under way; else 409 at once */
  readonly waitFor?: number;
  /** How many seconds one call of a module may take, its own job included */
  readonly callTimeout?: number;
  /** After how many seconds nothing more is begun */
  readonly jobTimeout?: number;
}

export interface TenantsInstallStartQuery {
  /** Only tell what would be done */
  readonly simulate?: boolean;
  /** Answer at once with the place of a job */
  readonly async?: boolean;
  /** Start modules that are enabled, stop those that are disabled */
  readonly deploy?: boolean;
  /** Disabled modules remove the tenant's data */
  readonly purge?: boolean;
  /** Passed to modules at enabling: key=value, comma-separated */
  readonly tenantParameters?: string;
  /** Whether modules are told: true, false, or a regular expression that their ids must match */
  readonly invoke?: string;
  /** Go on with the other modules when one fails */
  readonly ignoreErrors?: boolean;
  /** Enable modules again that are up to date */
  readonly reinstall?: boolean;
  /** How many modules are called at once; more than 1 needs depCheck */
  readonly parallel?: number;
  /** Resolve dependencies; false takes the list as it is */
  readonly depCheck?: boolean;
  /** Whether pre-releases are considered; "only" leaves everything else out */
  readonly preRelease?: "true" | "false" | "only";
  /** Whether snapshots as NPM names them (a third number of five or more digits) are considered; "only" leaves everything else out */
  readonly npmSnapshot?: "true" | "false" | "only";
  /** stop leaves what was done before; undo goes back to the modules of before */
  readonly onFailure?: "stop" | "undo";
  /** How many seconds to wait for a job that the tenant has under way; else 409 at once */
  readonly waitFor?: number;
  /** How many seconds one call of a module may take, its own job included */
  readonly callTimeout?: number;
  /** After how many seconds nothing more is begun */
  readonly jobTimeout?: number;
}

export interface TenantsUpgradeStartQuery {
  /** Only tell what would be done */
  readonly simulate?: boolean;
  /** Answer at once with the place of a job */
  readonly async?: boolean;
  /** Start modules that are enabled, stop those that are disabled */
  readonly deploy?: boolean;
  /** Disabled modules remove the tenant's data */
  readonly purge?: boolean;
  /** Passed to modules at enabling: key=value, comma-separated */
  readonly tenantParameters?: string;
  /** Whether modules are told: true, false, or a regular expression that their ids must match */
  readonly invoke?: string;
  /** Go on with the other modules when one fails */
  readonly ignoreErrors?: boolean;
  /** Enable modules again that are up to date */
  readonly reinstall?: boolean;
  /** How many modules are called at once; more than 1 needs depCheck */
  readonly parallel?: number;
  /** Resolve dependencies; false takes the list as it is */
  readonly depCheck?: boolean;
  /** Whether pre-releases are considered; "only" leaves everything else out */
  readonly preRelease?: "true" | "false" | "only";
  /** Whether snapshots as NPM names them (a third number of five or more digits) are considered; "only" leaves everything else out */
  readonly npmSnapshot?: "true" | "false" | "only";
  /** stop leaves what was done before; undo goes back to the modules of before */
  readonly onFailure?: "stop" | "undo";
  /** How many seconds to wait for a job that the tenant has under way; else 409 at once */
  readonly waitFor?: number;
  /** How many seconds one call of a module may take, its own job included */
  readonly callTimeout?: number;
  /** After how many seconds nothing more is begun */
  readonly jobTimeout?: number;
}

export interface TenantsInterfacesListQuery {
  /** Whole interfaces in place of id and version */
  readonly full?: boolean;
  /** Only interfaces of this type */
  readonly type?: string;
}

export interface TenantsInterfacesGetQuery {
  /** Only interfaces of this type */
  readonly type?: string;
}

export interface AuditListQuery {
  /** How many entries at most */
  readonly limit?: number;
  /** Only entries older than this one */
  readonly before?: number;
  /** Only entries of this actor */
  readonly actor?: string;
  /** Only entries of this operation */
  readonly action?: string;
}

export interface JobsListQuery {
  /** Only those of this tenant */
  readonly tenant?: string;
  /** Only those in this state; "open" for all that have not ended */
  readonly state?: string;
  /** How many at most */
  readonly limit?: number;
}

export interface Operations {
  readonly modules: {
    /** List known modules: GET /_/proxy/modules */
    list(input?: CallOptions & { readonly query?: ModulesListQuery }): Promise<Answer<readonly ModuleSummary[] | readonly ModuleDescriptor[] | string>>;
    /** Make a module known: POST /_/proxy/modules */
    create(input: WriteOptions & { readonly query?: ModulesCreateQuery; readonly body: ModuleDescriptor | RawJson }): Promise<Answer<ModuleDescriptor>>;
    /** Get a module descriptor: GET /_/proxy/modules/{moduleId} */
    get(input: CallOptions & { readonly moduleId: string }): Promise<Answer<ModuleDescriptor>>;
    /** Forget a module: DELETE /_/proxy/modules/{moduleId} */
    delete(input: WriteOptions & { readonly moduleId: string }): Promise<Answer<undefined>>;
    /** Make many modules known, all or none: POST /_/proxy/import/modules */
    import(input: WriteOptions & { readonly query?: ModulesImportQuery; readonly body: readonly ModuleDescriptor[] | RawJson }): Promise<Answer<undefined>>;
    /** Forget snapshots that no tenant uses: POST /_/proxy/cleanup/modules */
    cleanup(input: WriteOptions & { readonly query: ModulesCleanupQuery }): Promise<Answer<undefined>>;
    /** Read module descriptors from another registry: POST /_/proxy/pull/modules */
    pull(input: WriteOptions & { readonly body: PullDescriptor | RawJson }): Promise<Answer<readonly ModuleSummary[]>>;
  };
  readonly tenants: {
    /** List tenants: GET /_/proxy/tenants */
    list(input?: CallOptions): Promise<Answer<readonly TenantDescriptor[]>>;
    /** Create a tenant: POST /_/proxy/tenants */
    create(input: WriteOptions & { readonly body: TenantDescriptor | RawJson }): Promise<Answer<TenantDescriptor>>;
    /** Get a tenant: GET /_/proxy/tenants/{tenantId} */
    get(input: CallOptions & { readonly tenantId: string }): Promise<Answer<TenantDescriptor>>;
    /** Change a tenant's name and description, or create it: PUT /_/proxy/tenants/{tenantId} */
    replace(input: WriteOptions & { readonly tenantId: string; readonly body: TenantDescriptor | RawJson }): Promise<Answer<TenantDescriptor>>;
    /** Delete a tenant: DELETE /_/proxy/tenants/{tenantId} */
    delete(input: WriteOptions & { readonly tenantId: string }): Promise<Answer<undefined>>;
    readonly modules: {
      /** List the modules of a tenant: GET /_/proxy/tenants/{tenantId}/modules */
      list(input: CallOptions & { readonly tenantId: string; readonly query?: TenantsModulesListQuery }): Promise<Answer<readonly ModuleSummary[] | readonly ModuleDescriptor[] | string>>;
      /** Enable a module for a tenant: POST /_/proxy/tenants/{tenantId}/modules */
      enable(input: WriteOptions & { readonly tenantId: string; readonly query?: TenantsModulesEnableQuery; readonly body: TenantModuleDescriptor | RawJson }): Promise<Answer<TenantModuleDescriptor>>;
      /** Disable all modules of a tenant: DELETE /_/proxy/tenants/{tenantId}/modules */
      disableAll(input: WriteOptions & { readonly tenantId: string; readonly query?: TenantsModulesDisableAllQuery }): Promise<Answer<undefined>>;
      /** Look whether a module is enabled for a tenant: GET /_/proxy/tenants/{tenantId}/modules/{moduleId} */
      get(input: CallOptions & { readonly tenantId: string; readonly moduleId: string }): Promise<Answer<TenantModuleDescriptor>>;
      /** Replace a module of a tenant by another: POST /_/proxy/tenants/{tenantId}/modules/{moduleId} */
      replace(input: WriteOptions & { readonly tenantId: string; readonly moduleId: string; readonly query?: TenantsModulesReplaceQuery; readonly body: TenantModuleDescriptor | RawJson }): Promise<Answer<TenantModuleDescriptor>>;
      /** Disable a module of a tenant: DELETE /_/proxy/tenants/{tenantId}/modules/{moduleId} */
      disable(input: WriteOptions & { readonly tenantId: string; readonly moduleId: string; readonly query?: TenantsModulesDisableQuery }): Promise<Answer<undefined>>;
    };
    readonly install: {
      /** Enable and disable modules of a tenant, with what they need: POST /_/proxy/tenants/{tenantId}/install */
      start(input: WriteOptions & { readonly tenantId: string; readonly query?: TenantsInstallStartQuery; readonly body: readonly TenantModuleDescriptor[] | RawJson }): Promise<Answer<readonly TenantModuleDescriptor[]>>;
      /** List the jobs of a tenant: GET /_/proxy/tenants/{tenantId}/install */
      list(input: CallOptions & { readonly tenantId: string }): Promise<Answer<readonly InstallJob[]>>;
      /** Forget the completed jobs of a tenant: DELETE /_/proxy/tenants/{tenantId}/install */
      deleteAll(input: WriteOptions & { readonly tenantId: string }): Promise<Answer<undefined>>;
      /** Get a job of a tenant: GET /_/proxy/tenants/{tenantId}/install/{installId} */
      get(input: CallOptions & { readonly tenantId: string; readonly installId: string }): Promise<Answer<InstallJob>>;
      /** Forget a completed job of a tenant: DELETE /_/proxy/tenants/{tenantId}/install/{installId} */
      delete(input: WriteOptions & { readonly tenantId: string; readonly installId: string }): Promise<Answer<undefined>>;
    };
    readonly upgrade: {
      /** Upgrade all modules of a tenant to their newest versions: POST /_/proxy/tenants/{tenantId}/upgrade */
      start(input: WriteOptions & { readonly tenantId: string; readonly query?: TenantsUpgradeStartQuery }): Promise<Answer<readonly TenantModuleDescriptor[]>>;
    };
    readonly interfaces: {
      /** List the interfaces that a tenant's modules provide: GET /_/proxy/tenants/{tenantId}/interfaces */
      list(input: CallOptions & { readonly tenantId: string; readonly query?: TenantsInterfacesListQuery }): Promise<Answer<readonly InterfaceDescriptor[]>>;
      /** List a tenant's modules that provide an interface: GET /_/proxy/tenants/{tenantId}/interfaces/{interfaceId} */
      get(input: CallOptions & { readonly tenantId: string; readonly interfaceId: string; readonly query?: TenantsInterfacesGetQuery }): Promise<Answer<readonly TenantModuleDescriptor[]>>;
    };
    readonly timers: {
      /** List the timers of a tenant: GET /_/proxy/tenants/{tenantId}/timers */
      list(input: CallOptions & { readonly tenantId: string }): Promise<Answer<readonly TimerDescriptor[]>>;
      /** Change when a timer fires; the body names it: PATCH /_/proxy/tenants/{tenantId}/timers */
      patch(input: WriteOptions & { readonly tenantId: string; readonly body: TimerDescriptor | RawJson }): Promise<Answer<undefined>>;
      /** Get a timer of a tenant: GET /_/proxy/tenants/{tenantId}/timers/{timerId} */
      get(input: CallOptions & { readonly tenantId: string; readonly timerId: string }): Promise<Answer<TimerDescriptor>>;
      /** Change when a timer fires: PATCH /_/proxy/tenants/{tenantId}/timers/{timerId} */
      patchOne(input: WriteOptions & { readonly tenantId: string; readonly timerId: string; readonly body: RoutingEntry | RawJson }): Promise<Answer<undefined>>;
    };
  };
  readonly discovery: {
    readonly modules: {
      /** List all instances of modules: GET /_/discovery/modules */
      list(input?: CallOptions): Promise<Answer<readonly DeploymentDescriptor[]>>;
      /** Register an instance of a module, or start one: POST /_/discovery/modules */
      register(input: WriteOptions & { readonly body: DeploymentDescriptor | RawJson }): Promise<Answer<DeploymentDescriptor>>;
      /** Forget all instances of all modules: DELETE /_/discovery/modules */
      deregisterAll(input?: WriteOptions): Promise<Answer<undefined>>;
      /** List the instances of a module: GET /_/discovery/modules/{serviceId} */
      listOf(input: CallOptions & { readonly serviceId: string }): Promise<Answer<readonly DeploymentDescriptor[]>>;
      /** Forget the instances of a module: DELETE /_/discovery/modules/{serviceId} */
      deregisterOf(input: WriteOptions & { readonly serviceId: string }): Promise<Answer<undefined>>;
      /** Get an instance of a module: GET /_/discovery/modules/{serviceId}/{instanceId} */
      get(input: CallOptions & { readonly serviceId: string; readonly instanceId: string }): Promise<Answer<DeploymentDescriptor>>;
      /** Forget an instance of a module: DELETE /_/discovery/modules/{serviceId}/{instanceId} */
      deregister(input: WriteOptions & { readonly serviceId: string; readonly instanceId: string }): Promise<Answer<undefined>>;
    };
    readonly health: {
      /** Ask all instances whether they answer: GET /_/discovery/health */
      list(input?: CallOptions): Promise<Answer<readonly HealthDescriptor[]>>;
      /** Ask the instances of a module whether they answer: GET /_/discovery/health/{serviceId} */
      listOf(input: CallOptions & { readonly serviceId: string }): Promise<Answer<readonly HealthDescriptor[]>>;
      /** Ask an instance whether it answers: GET /_/discovery/health/{serviceId}/{instanceId} */
      get(input: CallOptions & { readonly serviceId: string; readonly instanceId: string }): Promise<Answer<HealthDescriptor>>;
    };
    readonly nodes: {
      /** List the nodes: instances of the gateway: GET /_/discovery/nodes */
      list(input?: CallOptions): Promise<Answer<readonly NodeDescriptor[]>>;
      /** Get a node by its id, name or URL: GET /_/discovery/nodes/{nodeId} */
      get(input: CallOptions & { readonly nodeId: string }): Promise<Answer<NodeDescriptor>>;
      /** Give a node another name: PUT /_/discovery/nodes/{nodeId} */
      rename(input: WriteOptions & { readonly nodeId: string; readonly body: NodeDescriptor | RawJson }): Promise<Answer<NodeDescriptor>>;
    };
  };
  readonly deployment: {
    readonly modules: {
      /** List the modules that this node runs: GET /_/deployment/modules */
      list(input?: CallOptions): Promise<Answer<readonly DeploymentDescriptor[]>>;
      /** Start a module on this node: POST /_/deployment/modules */
      start(input: WriteOptions & { readonly body: DeploymentDescriptor | RawJson }): Promise<Answer<DeploymentDescriptor>>;
      /** Get a module that this node runs: GET /_/deployment/modules/{instanceId} */
      get(input: CallOptions & { readonly instanceId: string }): Promise<Answer<DeploymentDescriptor>>;
      /** Stop a module that this node runs: DELETE /_/deployment/modules/{instanceId} */
      stop(input: WriteOptions & { readonly instanceId: string }): Promise<Answer<undefined>>;
    };
  };
  readonly env: {
    /** List the environment variables that modules are started with: GET /_/env */
    list(input?: CallOptions): Promise<Answer<readonly EnvEntry[]>>;
    /** Set an environment variable for modules: POST /_/env */
    create(input: WriteOptions & { readonly body: EnvEntry | RawJson }): Promise<Answer<EnvEntry>>;
    /** Get an environment variable: GET /_/env/{id} */
    get(input: CallOptions & { readonly id: string }): Promise<Answer<EnvEntry>>;
    /** Remove an environment variable: DELETE /_/env/{id} */
    delete(input: WriteOptions & { readonly id: string }): Promise<Answer<undefined>>;
  };
  readonly health: {
    /** Look whether the gateway answers: GET /_/proxy/health */
    proxy(input?: CallOptions): Promise<Answer<readonly HealthStatus[]>>;
    /** Look whether the process is alive; never asks the database: GET /_/health/live */
    live(input?: CallOptions): Promise<Answer<string>>;
    /** Look whether this instance takes requests: GET /_/health/ready */
    ready(input?: CallOptions): Promise<Answer<Readiness>>;
  };
  readonly version: {
    /** Get the version of Okapi whose API is served: GET /_/version */
    get(input?: CallOptions): Promise<Answer<string>>;
  };
  readonly octavo: {
    readonly version: {
      /** Get the version of Octavo: GET /_/octavo/version */
      get(input?: CallOptions): Promise<Answer<VersionInfo>>;
    };
  };
  readonly openapi: {
    /** Get the description of this API: GET /_/octavo/openapi.json */
    get(input?: CallOptions): Promise<Answer<{ readonly [name: string]: unknown }>>;
  };
  readonly operators: {
    /** List operators: GET /_/octavo/operators */
    list(input?: CallOptions): Promise<Answer<readonly Operator[]>>;
    /** Create an operator: POST /_/octavo/operators */
    create(input: WriteOptions & { readonly body: NewOperator | RawJson }): Promise<Answer<OperatorWithToken>>;
    /** Get an operator: GET /_/octavo/operators/{operatorId} */
    get(input: CallOptions & { readonly operatorId: string }): Promise<Answer<Operator>>;
    /** Remove an operator; the token stops working: DELETE /_/octavo/operators/{operatorId} */
    delete(input: WriteOptions & { readonly operatorId: string }): Promise<Answer<undefined>>;
  };
  readonly plans: {
    /** Tell what an install or upgrade would do, with a reason for each step; nothing changes: POST /_/octavo/tenants/{tenantId}/plan */
    explain(input: CallOptions & { readonly tenantId: string; readonly body: PlanRequest | RawJson }): Promise<Answer<ExplainedPlan>>;
  };
  readonly audit: {
    /** Read the audit log, newest entries first: GET /_/octavo/audit */
    list(input?: CallOptions & { readonly query?: AuditListQuery }): Promise<Answer<AuditPage>>;
  };
  readonly instances: {
    /** List the live gateways and how far each has come: GET /_/octavo/instances */
    list(input?: CallOptions): Promise<Answer<ClusterStatus>>;
  };
  readonly cluster: {
    /** See all gateways, what they share, and what wants a person: GET /_/octavo/cluster */
    status(input?: CallOptions): Promise<Answer<Cluster>>;
    /** Let the gateways write what only this version knows, once all run it; there is no way back: POST /_/octavo/cluster/finalize */
    finalize(input?: WriteOptions): Promise<Answer<Finalized>>;
  };
  readonly events: {
    /** Follow the changes of the registry from now on, or from the event in Last-Event-ID; at any instance: GET /_/octavo/events */
    follow(input?: CallOptions): Promise<Answer<string>>;
  };
  readonly rewinds: {
    /** List failovers of the database that lost acknowledged changes, newest first, with what was lost: GET /_/octavo/rewinds */
    list(input?: CallOptions): Promise<Answer<readonly Rewind[]>>;
    /** End the alarm of a loss: somebody has looked after it: POST /_/octavo/rewinds/{rewindId}/acknowledge */
    acknowledge(input: WriteOptions & { readonly rewindId: string }): Promise<Answer<Rewind>>;
    /** Write the lost changes once more, those that still make sense; the others are told with the reason: POST /_/octavo/rewinds/{rewindId}/propose */
    propose(input: WriteOptions & { readonly rewindId: string }): Promise<Answer<Rewind>>;
  };
  readonly keys: {
    /** List the public keys that tokens of tenants are signed with, as a JSON Web Key Set: GET /_/octavo/keys */
    list(input?: CallOptions): Promise<Answer<KeySet>>;
  };
  readonly identity: {
    /** Say whose permissions or record have changed, and whose tokens end, in one batch: POST /_/octavo/identity/invalidations */
    invalidate(input: WriteOptions & { readonly body: IdentityInvalidations | RawJson }): Promise<Answer<undefined>>;
  };
  readonly metrics: {
    /** Get what this gateway counts, as Prometheus reads it: GET /_/metrics */
    get(input?: CallOptions): Promise<Answer<string>>;
  };
  readonly timers: {
    /** List the timers of a tenant and how each stands: GET /_/octavo/tenants/{tenantId}/timers */
    list(input: CallOptions & { readonly tenantId: string }): Promise<Answer<readonly TimerState[]>>;
    /** See a timer of a tenant with its last fires: GET /_/octavo/tenants/{tenantId}/timers/{timerId} */
    get(input: CallOptions & { readonly tenantId: string; readonly timerId: string }): Promise<Answer<TimerHistory>>;
    /** Let a timer rest until it is resumed; what runs goes on: POST /_/octavo/tenants/{tenantId}/timers/{timerId}/pause */
    pause(input: WriteOptions & { readonly tenantId: string; readonly timerId: string }): Promise<Answer<undefined>>;
    /** End the pause of a timer; its delay begins anew: POST /_/octavo/tenants/{tenantId}/timers/{timerId}/resume */
    resume(input: WriteOptions & { readonly tenantId: string; readonly timerId: string }): Promise<Answer<undefined>>;
    /** Fire a timer once beside its regular runs, also a paused or stopped one: POST /_/octavo/tenants/{tenantId}/timers/{timerId}/run */
    run(input: WriteOptions & { readonly tenantId: string; readonly timerId: string }): Promise<Answer<undefined>>;
  };
  readonly jobs: {
    /** List jobs of tenants, newest first: GET /_/octavo/jobs */
    list(input?: CallOptions & { readonly query?: JobsListQuery }): Promise<Answer<JobList>>;
    /** Get a job: each step, each call, what it waits for and what helps: GET /_/octavo/jobs/{jobId} */
    get(input: CallOptions & { readonly jobId: string }): Promise<Answer<Job>>;
    /** Follow a job from its first event, or from the one behind Last-Event-ID, until it has ended; at any instance: GET /_/octavo/jobs/{jobId}/events */
    events(input: CallOptions & { readonly jobId: string }): Promise<Answer<string>>;
    /** Tell a job that waits that the call whose outcome is not known was carried out: POST /_/octavo/jobs/{jobId}/resume */
    resume(input: WriteOptions & { readonly jobId: string }): Promise<Answer<Job>>;
    /** Tell a job that waits to make the call again whose outcome is not known: POST /_/octavo/jobs/{jobId}/retry */
    retry(input: WriteOptions & { readonly jobId: string }): Promise<Answer<Job>>;
    /** Tell a job that waits that the call whose outcome is not known was not carried out: POST /_/octavo/jobs/{jobId}/fail */
    fail(input: WriteOptions & { readonly jobId: string }): Promise<Answer<Job>>;
    /** Begin nothing more of a job, and give up the call that is under way: POST /_/octavo/jobs/{jobId}/cancel */
    cancel(input: WriteOptions & { readonly jobId: string }): Promise<Answer<Job>>;
  };
}

export function createOperations(call: Call): Operations {
  return {
    modules: {
      list: (input = {}) => call({ name: "modules.list", method: "GET", path: "/_/proxy/modules", writes: false }, input),
      create: (input) => call({ name: "modules.create", method: "POST", path: "/_/proxy/modules", writes: true }, input),
      get: (input) => call({ name: "modules.get", method: "GET", path: "/_/proxy/modules/{moduleId}", writes: false }, input),
      delete: (input) => call({ name: "modules.delete", method: "DELETE", path: "/_/proxy/modules/{moduleId}", writes: true }, input),
      import: (input) => call({ name: "modules.import", method: "POST", path: "/_/proxy/import/modules", writes: true }, input),
      cleanup: (input) => call({ name: "modules.cleanup", method: "POST", path: "/_/proxy/cleanup/modules", writes: true }, input),
      pull: (input) => call({ name: "modules.pull", method: "POST", path: "/_/proxy/pull/modules", writes: true }, input),
    },
    tenants: {
      list: (input = {}) => call({ name: "tenants.list", method: "GET", path: "/_/proxy/tenants", writes: false }, input),
      create: (input) => call({ name: "tenants.create", method: "POST", path: "/_/proxy/tenants", writes: true }, input),
      get: (input) => call({ name: "tenants.get", method: "GET", path: "/_/proxy/tenants/{tenantId}", writes: false }, input),
      replace: (input) => call({ name: "tenants.replace", method: "PUT", path: "/_/proxy/tenants/{tenantId}", writes: true }, input),
      delete: (input) => call({ name: "tenants.delete", method: "DELETE", path: "/_/proxy/tenants/{tenantId}", writes: true }, input),
      modules: {
        list: (input) => call({ name: "tenants.modules.list", method: "GET", path: "/_/proxy/tenants/{tenantId}/modules", writes: false }, input),
        enable: (input) => call({ name: "tenants.modules.enable", method: "POST", path: "/_/proxy/tenants/{tenantId}/modules", writes: true }, input),
        disableAll: (input) => call({ name: "tenants.modules.disableAll", method: "DELETE", path: "/_/proxy/tenants/{tenantId}/modules", writes: true }, input),
        get: (input) => call({ name: "tenants.modules.get", method: "GET", path: "/_/proxy/tenants/{tenantId}/modules/{moduleId}", writes: false }, input),
        replace: (input) => call({ name: "tenants.modules.replace", method: "POST", path: "/_/proxy/tenants/{tenantId}/modules/{moduleId}", writes: true }, input),
        disable: (input) => call({ name: "tenants.modules.disable", method: "DELETE", path: "/_/proxy/tenants/{tenantId}/modules/{moduleId}", writes: true }, input),
      },
      install: {
        start: (input) => call({ name: "tenants.install.start", method: "POST", path: "/_/proxy/tenants/{tenantId}/install", writes: true }, input),
        list: (input) => call({ name: "tenants.install.list", method: "GET", path: "/_/proxy/tenants/{tenantId}/install", writes: false }, input),
        deleteAll: (input) => call({ name: "tenants.install.deleteAll", method: "DELETE", path: "/_/proxy/tenants/{tenantId}/install", writes: true }, input),
        get: (input) => call({ name: "tenants.install.get", method: "GET", path: "/_/proxy/tenants/{tenantId}/install/{installId}", writes: false }, input),
        delete: (input) => call({ name: "tenants.install.delete", method: "DELETE", path: "/_/proxy/tenants/{tenantId}/install/{installId}", writes: true }, input),
      },
      upgrade: {
        start: (input) => call({ name: "tenants.upgrade.start", method: "POST", path: "/_/proxy/tenants/{tenantId}/upgrade", writes: true }, input),
      },
      interfaces: {
        list: (input) => call({ name: "tenants.interfaces.list", method: "GET", path: "/_/proxy/tenants/{tenantId}/interfaces", writes: false }, input),
        get: (input) => call({ name: "tenants.interfaces.get", method: "GET", path: "/_/proxy/tenants/{tenantId}/interfaces/{interfaceId}", writes: false }, input),
      },
      timers: {
        list: (input) => call({ name: "tenants.timers.list", method: "GET", path: "/_/proxy/tenants/{tenantId}/timers", writes: false }, input),
        patch: (input) => call({ name: "tenants.timers.patch", method: "PATCH", path: "/_/proxy/tenants/{tenantId}/timers", writes: true }, input),
        get: (input) => call({ name: "tenants.timers.get", method: "GET", path: "/_/proxy/tenants/{tenantId}/timers/{timerId}", writes: false }, input),
        patchOne: (input) => call({ name: "tenants.timers.patchOne", method: "PATCH", path: "/_/proxy/tenants/{tenantId}/timers/{timerId}", writes: true }, input),
      },
    },
    discovery: {
      modules: {
        list: (input = {}) => call({ name: "discovery.modules.list", method: "GET", path: "/_/discovery/modules", writes: false }, input),
        register: (input) => call({ name: "discovery.modules.register", method: "POST", path: "/_/discovery/modules", writes: true }, input),
        deregisterAll: (input = {}) => call({ name: "discovery.modules.deregisterAll", method: "DELETE", path: "/_/discovery/modules", writes: true }, input),
        listOf: (input) => call({ name: "discovery.modules.listOf", method: "GET", path: "/_/discovery/modules/{serviceId}", writes: false }, input),
        deregisterOf: (input) => call({ name: "discovery.modules.deregisterOf", method: "DELETE", path: "/_/discovery/modules/{serviceId}", writes: true }, input),
        get: (input) => call({ name: "discovery.modules.get", method: "GET", path: "/_/discovery/modules/{serviceId}/{instanceId}", writes: false }, input),
        deregister: (input) => call({ name: "discovery.modules.deregister", method: "DELETE", path: "/_/discovery/modules/{serviceId}/{instanceId}", writes: true }, input),
      },
      health: {
        list: (input = {}) => call({ name: "discovery.health.list", method: "GET", path: "/_/discovery/health", writes: false }, input),
        listOf: (input) => call({ name: "discovery.health.listOf", method: "GET", path: "/_/discovery/health/{serviceId}", writes: false }, input),
        get: (input) => call({ name: "discovery.health.get", method: "GET", path: "/_/discovery/health/{serviceId}/{instanceId}", writes: false }, input),
      },
      nodes: {
        list: (input = {}) => call({ name: "discovery.nodes.list", method: "GET", path: "/_/discovery/nodes", writes: false }, input),
        get: (input) => call({ name: "discovery.nodes.get", method: "GET", path: "/_/discovery/nodes/{nodeId}", writes: false }, input),
        rename: (input) => call({ name: "discovery.nodes.rename", method: "PUT", path: "/_/discovery/nodes/{nodeId}", writes: true }, input),
      },
    },
    deployment: {
      modules: {
        list: (input = {}) => call({ name: "deployment.modules.list", method: "GET", path: "/_/deployment/modules", writes: false }, input),
        start: (input) => call({ name: "deployment.modules.start", method: "POST", path: "/_/deployment/modules", writes: true }, input),
        get: (input) => call({ name: "deployment.modules.get", method: "GET", path: "/_/deployment/modules/{instanceId}", writes: false }, input),
        stop: (input) => call({ name: "deployment.modules.stop", method: "DELETE", path: "/_/deployment/modules/{instanceId}", writes: true }, input),
      },
    },
    env: {
      list: (input = {}) => call({ name: "env.list", method: "GET", path: "/_/env", writes: false }, input),
      create: (input) => call({ name: "env.create", method: "POST", path: "/_/env", writes: true }, input),
      get: (input) => call({ name: "env.get", method: "GET", path: "/_/env/{id}", writes: false }, input),
      delete: (input) => call({ name: "env.delete", method: "DELETE", path: "/_/env/{id}", writes: true }, input),
    },
    health: {
      proxy: (input = {}) => call({ name: "health.proxy", method: "GET", path: "/_/proxy/health", writes: false }, input),
      live: (input = {}) => call({ name: "health.live", method: "GET", path: "/_/health/live", writes: false }, input),
      ready: (input = {}) => call({ name: "health.ready", method: "GET", path: "/_/health/ready", writes: false }, input),
    },
    version: {
      get: (input = {}) => call({ name: "version.get", method: "GET", path: "/_/version", writes: false }, input),
    },
    octavo: {
      version: {
        get: (input = {}) => call({ name: "octavo.version.get", method: "GET", path: "/_/octavo/version", writes: false }, input),
      },
    },
    openapi: {
      get: (input = {}) => call({ name: "openapi.get", method: "GET", path: "/_/octavo/openapi.json", writes: false }, input),
    },
    operators: {
      list: (input = {}) => call({ name: "operators.list", method: "GET", path: "/_/octavo/operators", writes: false }, input),
      create: (input) => call({ name: "operators.create", method: "POST", path: "/_/octavo/operators", writes: true }, input),
      get: (input) => call({ name: "operators.get", method: "GET", path: "/_/octavo/operators/{operatorId}", writes: false }, input),
      delete: (input) => call({ name: "operators.delete", method: "DELETE", path: "/_/octavo/operators/{operatorId}", writes: true }, input),
    },
    plans: {
      explain: (input) => call({ name: "plans.explain", method: "POST", path: "/_/octavo/tenants/{tenantId}/plan", writes: false }, input),
    },
    audit: {
      list: (input = {}) => call({ name: "audit.list", method: "GET", path: "/_/octavo/audit", writes: false }, input),
    },
    instances: {
      list: (input = {}) => call({ name: "instances.list", method: "GET", path: "/_/octavo/instances", writes: false }, input),
    },
    cluster: {
      status: (input = {}) => call({ name: "cluster.status", method: "GET", path: "/_/octavo/cluster", writes: false }, input),
      finalize: (input = {}) => call({ name: "cluster.finalize", method: "POST", path: "/_/octavo/cluster/finalize", writes: true }, input),
    },
    events: {
      follow: (input = {}) => call({ name: "events.follow", method: "GET", path: "/_/octavo/events", writes: false }, input),
    },
    rewinds: {
      list: (input = {}) => call({ name: "rewinds.list", method: "GET", path: "/_/octavo/rewinds", writes: false }, input),
      acknowledge: (input) => call({ name: "rewinds.acknowledge", method: "POST", path: "/_/octavo/rewinds/{rewindId}/acknowledge", writes: true }, input),
      propose: (input) => call({ name: "rewinds.propose", method: "POST", path: "/_/octavo/rewinds/{rewindId}/propose", writes: true }, input),
    },
    keys: {
      list: (input = {}) => call({ name: "keys.list", method: "GET", path: "/_/octavo/keys", writes: false }, input),
    },
    identity: {
      invalidate: (input) => call({ name: "identity.invalidate", method: "POST", path: "/_/octavo/identity/invalidations", writes: true }, input),
    },
    metrics: {
      get: (input = {}) => call({ name: "metrics.get", method: "GET", path: "/_/metrics", writes: false }, input),
    },
    timers: {
      list: (input) => call({ name: "timers.list", method: "GET", path: "/_/octavo/tenants/{tenantId}/timers", writes: false }, input),
      get: (input) => call({ name: "timers.get", method: "GET", path: "/_/octavo/tenants/{tenantId}/timers/{timerId}", writes: false }, input),
      pause: (input) => call({ name: "timers.pause", method: "POST", path: "/_/octavo/tenants/{tenantId}/timers/{timerId}/pause", writes: true }, input),
      resume: (input) => call({ name: "timers.resume", method: "POST", path: "/_/octavo/tenants/{tenantId}/timers/{timerId}/resume", writes: true }, input),
      run: (input) => call({ name: "timers.run", method: "POST", path: "/_/octavo/tenants/{tenantId}/timers/{timerId}/run", writes: true }, input),
    },
    jobs: {
      list: (input = {}) => call({ name: "jobs.list", method: "GET", path: "/_/octavo/jobs", writes: false }, input),
      get: (input) => call({ name: "jobs.get", method: "GET", path: "/_/octavo/jobs/{jobId}", writes: false }, input),
      events: (input) => call({ name: "jobs.events", method: "GET", path: "/_/octavo/jobs/{jobId}/events", writes: false }, input),
      resume: (input) => call({ name: "jobs.resume", method: "POST", path: "/_/octavo/jobs/{jobId}/resume", writes: true }, input),
      retry: (input) => call({ name: "jobs.retry", method: "POST", path: "/_/octavo/jobs/{jobId}/retry", writes: true }, input),
      fail: (input) => call({ name: "jobs.fail", method: "POST", path: "/_/octavo/jobs/{jobId}/fail", writes: true }, input),
      cancel: (input) => call({ name: "jobs.cancel", method: "POST", path: "/_/octavo/jobs/{jobId}/cancel", writes: true }, input),
    },
  };
}
