// Written by npm run generate from packages/management-api. Changes belong there.

/** One call that changed something, or tried to */
export interface AuditEntry {
  /** Its place in the log: microseconds since 1970 */
  readonly id: number;
  /** When, ISO 8601, by the clock of the database */
  readonly at: string;
  /** "operator:<id>", "open-mode", "system:<what>" or "user:<tenant>/<id>" */
  readonly actor: string;
  /** Name of the operation */
  readonly action: string;
  /** What it was done to: a module id, a tenant id, empty for the platform */
  readonly target: string;
  /** Whether anything is different since */
  readonly outcome: "changed" | "unchanged";
  /** Revision of the registry that it made */
  readonly revision?: number;
  /** Id of the request */
  readonly requestId?: string;
}

/** A page of the audit log */
export interface AuditPage {
  /** Newest first */
  readonly entries: readonly AuditEntry[];
  /** Value of `before` for the next page; absent on the last */
  readonly before?: number;
}

/** The log of the registry's changes */
export interface ChangeLog {
  /** Changes in it */
  readonly rows: number;
  /** Newest revision whose change is no longer in it; 0: it has all */
  readonly cutUntil: number;
  /** When the oldest in it was made, ISO 8601 */
  readonly since?: string;
}

/** All gateways of one registry and what they share */
export interface Cluster {
  /** Newest revision at the instance that answers */
  readonly revision: number;
  /** Line of history of the registry */
  readonly history: string;
  /** Protocol between the instances */
  readonly protocol: {
    /** What the instances write */
    readonly active: number;
    /** What the instance that answers could write */
    readonly newest: number;
  };
  /** Those with a live heartbeat */
  readonly instances: readonly ClusterInstance[];
  readonly leases: readonly Lease[];
  /** How many jobs have not ended, by state */
  readonly openJobs: readonly {
    readonly state: string;
    readonly count: number;
  }[];
  readonly timers: {
    /** Timers that will fire */
    readonly scheduled: number;
    /** Those that should have fired a minute ago */
    readonly late: number;
  };
  readonly changeLog?: ChangeLog;
  readonly database: ClusterDatabase;
  /** What an operator should look at, a sentence each */
  readonly warnings: readonly string[];
}

/** The database of the registry */
export interface ClusterDatabase {
  /** Version of the server */
  readonly version: string;
  /** Name of the database */
  readonly name: string;
  /** Its size */
  readonly bytes: number;
  /** Connections of all clients of the server */
  readonly connectionsUsed: number;
  /** max_connections */
  readonly connectionsMost: number;
  /** Whether it takes no writes */
  readonly standby: boolean;
  /** Share of the queue of notifications that is taken; at 1 nothing can be written */
  readonly notificationQueueUsage: number;
  /** System id and timeline; another one: another server */
  readonly server?: string;
}

/** A gateway and how it fares */
export interface ClusterInstance {
  /** Id of the instance */
  readonly id: string;
  /** Name for people */
  readonly name?: string;
  /** Where it answers */
  readonly url: string;
  /** Version of Octavo that it runs */
  readonly version: string;
  /** Protocols between instances that it knows */
  readonly protocol: {
    readonly min: number;
    readonly max: number;
  };
  /** When it started, ISO 8601 */
  readonly startedAt: string;
  /** Since its last heartbeat, when it was looked at */
  readonly heartbeatAgeSeconds: number;
  /** Newest revision that it serves */
  readonly appliedRevision: number;
  /** How many revisions it is behind */
  readonly lag: number;
  /** Whether it takes requests; absent until it has said */
  readonly ready?: boolean;
  /** Why it is not ready */
  readonly because?: string;
  /** Whether it is ending */
  readonly draining?: boolean;
  /** False: it is not woken by changes and looks for them once a second */
  readonly listening?: boolean;
  /** Processes that serve its connections */
  readonly workers?: {
    readonly wanted: number;
    readonly ready: number;
  };
}

/** The gateways that share one registry */
export interface ClusterStatus {
  /** Revision of the registry at the instance that answers */
  readonly revision: number;
  /** Line of history of the registry */
  readonly history: string;
  /** Live instances */
  readonly instances: readonly GatewayInstance[];
}

/** A running instance of a module */
export interface DeploymentDescriptor {
  /** Id of the instance, unique among all instances */
  readonly instId?: string;
  /** Id of the module. Must be given */
  readonly srvcId?: string;
  /** Node that runs it; left out for a URL that runs elsewhere */
  readonly nodeId?: string;
  /** Where it answers; the path of a request is appended as it is */
  readonly url?: string;
  readonly descriptor?: LaunchDescriptor;
}

/** An environment variable. Must have a name */
export interface EnvEntry {
  /** Name of the variable */
  readonly name?: string;
  /** Value of the variable */
  readonly value?: string;
  /** What it is for */
  readonly description?: string;
  /** The module cannot run without it, as no default would make sense */
  readonly required?: boolean;
}

/** What an install or upgrade would do, and why */
export interface ExplainedPlan {
  /** Id of the tenant */
  readonly tenant: string;
  /** Revision of the registry that the plan was made from */
  readonly revision: number;
  /** Steps in the order of work */
  readonly steps: readonly PlanStep[];
  /** Routes that the plan would open to callers without a token */
  readonly publicRoutes?: readonly PublicRoute[];
}

/** What finalizing has come to */
export interface Finalized {
  /** Protocol that was active */
  readonly before: number;
  /** Protocol that is active now */
  readonly active: number;
}

/** A gateway with a live heartbeat */
export interface GatewayInstance {
  /** Id of the instance */
  readonly id: string;
  /** Name for people */
  readonly name?: string;
  /** Where it answers */
  readonly url: string;
  /** Version of Octavo that it runs */
  readonly version: string;
  /** When it started, ISO 8601 */
  readonly startedAt: string;
  /** Newest revision of the registry that it serves */
  readonly appliedRevision: number;
}

/** Whether an instance answers */
export interface HealthDescriptor {
  /** Id of the instance */
  readonly instId: string;
  /** Id of its module */
  readonly srvcId: string;
  /** OK, or what went wrong */
  readonly healthMessage: string;
  /** Whether it answers */
  readonly healthStatus: boolean;
}

/** State of a module as the gateway sees it */
export interface HealthStatus {
  /** Id of the module */
  readonly id: string;
  /** Its state in a word */
  readonly status: string;
}

/** One batch of changes to users of a tenant */
export interface IdentityInvalidations {
  /** The tenant. A module may leave it out: its token says it */
  readonly tenantId?: string;
  /** Ids of users whose record or permissions have changed: read anew at their next call */
  readonly changed?: readonly string[];
  /** Ids of users whose tokens and sessions end: deactivated, deleted, another password */
  readonly ended?: readonly string[];
  /** The same for all users of the tenant: the contents of a permission set have changed; every token ends (operators only) */
  readonly everybody?: "changed" | "ended";
}

/** An install or upgrade of a tenant */
export interface InstallJob {
  /** Id of the job */
  readonly id: string;
  /** Whether nothing is left to do */
  readonly complete: boolean;
  /** When it began, ISO 8601 */
  readonly startDate?: string;
  /** When it ended, ISO 8601 */
  readonly endDate?: string;
  /** Its modules, in the order of work */
  readonly modules: readonly TenantModuleDescriptor[];
}

/** An interface that a module provides */
export interface InterfaceDescriptor {
  /** Id of the interface; one that begins with "_" is called by the platform */
  readonly id: string;
  /** Version as "major.minor" */
  readonly version: string;
  /** proxy (default), system, multiple; internal is the platform's own */
  readonly interfaceType?: string;
  /** Routes of the interface */
  readonly handlers?: readonly RoutingEntry[];
  /** Permissions of the interface */
  readonly permissionSets?: readonly Permission[];
  /** Scopes of the interface */
  readonly scope?: readonly string[];
}

/** An interface that a module needs */
export interface InterfaceReference {
  /** Id of the interface */
  readonly id: string;
  /** Version as "major.minor"; alternatives are separated by spaces */
  readonly version: string;
  /** Scopes of the interface */
  readonly scope?: readonly string[];
}

/** What is asked of a tenant's modules, and how far it has come */
export interface Job {
  /** Id of the job */
  readonly id: string;
  /** The tenant */
  readonly tenantId: string;
  /** The call that it began with */
  readonly kind: "install" | "upgrade" | "enable" | "disable" | "replace" | "disable-all";
  /** Where it stands */
  readonly state: "pending" | "running" | "done" | "undone" | "failed" | "waiting-for-human";
  /** Since when it is in this state, ISO 8601 */
  readonly since: string;
  /** When it was accepted, ISO 8601 */
  readonly startedAt: string;
  /** When it ended, ISO 8601; left out while it runs or waits */
  readonly endedAt?: string;
  /** After this nothing more is begun, ISO 8601 */
  readonly deadline?: string;
  /** Whose it is */
  readonly requestedBy: string;
  /** The request that it began with */
  readonly requestId?: string;
  /** Who has cancelled it */
  readonly cancelledBy?: string;
  /** The instance that drives it, or did last */
  readonly owner?: string;
  /** Grows with each instance that takes it over */
  readonly epoch: number;
  /** What a failure leads to */
  readonly onFailure: "stop" | "undo";
  /** What it waits for, or why it failed */
  readonly message?: string;
  /** Which commands help a job that waits for a human */
  readonly choices?: string;
  /** How many of its steps are done */
  readonly stepsDone: number;
  /** How many it has */
  readonly stepsTotal: number;
  /** Its steps, in the order of the plan */
  readonly steps: readonly JobStep[];
}

/** One thing that a job does */
export interface JobCall {
  /** Permissions are announced, the module's _tenant is called, or the tenant's modules change */
  readonly call: "permissions" | "tenant" | "purge" | "switch";
  /** Who is called */
  readonly moduleId?: string;
  /** The module that it is about */
  readonly about?: string;
  /** HTTP method */
  readonly method?: string;
  /** Path at the module */
  readonly path?: string;
  /** Modules that come */
  readonly enable?: readonly string[];
  /** Modules that go */
  readonly disable?: readonly string[];
  /** intended: sent, or about to be; polled: the module works at a job of its own; told: that job has ended; indeterminate: nobody knows whether it was carried out */
  readonly state: "pending" | "intended" | "polled" | "told" | "done" | "failed" | "indeterminate";
  /** Whether it may be sent again by itself */
  readonly isRepeatable?: boolean;
  /** How often nothing could be sent */
  readonly attempts: number;
  /** The instance of the module that works at it */
  readonly instanceId?: string;
  /** The id of the module's own job */
  readonly moduleJob?: string;
  /** What went wrong, or what is not known */
  readonly message?: string;
}

/** Jobs */
export interface JobList {
  /** Newest first, their steps without calls */
  readonly jobs: readonly Job[];
}

/** A step of a job */
export interface JobStep {
  /** The module; left out for what closes or undoes a job */
  readonly moduleId?: string;
  /** What is done */
  readonly action: "enable" | "disable" | "uptodate" | "close" | "undo";
  /** The version that is replaced */
  readonly from?: string;
  /** Why it is part of the plan */
  readonly reason?: string;
  /** Where it stands */
  readonly state: "pending" | "intended" | "done" | "undone" | "failed" | "indeterminate" | "waiting-for-human";
  /** Why it failed, or what it waits for */
  readonly message?: string;
  /** What it does, in order; empty before it begins */
  readonly calls?: readonly JobCall[];
}

/** JSON Web Key Set (RFC 7517, RFC 8037) */
export interface KeySet {
  /** Also those that do not sign yet */
  readonly keys: readonly {
    /** OKP */
    readonly kty: string;
    /** Ed25519 */
    readonly crv: string;
    /** The public key in base64url */
    readonly x: string;
    /** Thumbprint of the key; tokens name it */
    readonly kid: string;
    /** sig */
    readonly use: string;
    /** EdDSA */
    readonly alg: string;
  }[];
}

/** How a module is started and stopped */
export interface LaunchDescriptor {
  /** Program with arguments; "%p" becomes the port */
  readonly exec?: string;
  /** Shell line that starts the module in the background; "%p" becomes the port */
  readonly cmdlineStart?: string;
  /** Shell line that stops it */
  readonly cmdlineStop?: string;
  /** Docker image to run */
  readonly dockerImage?: string;
  /** Whether to pull the image first */
  readonly dockerPull?: boolean;
  /** Replaces the command of the image */
  readonly dockerCMD?: readonly string[];
  /** Body of Docker's call that creates the container */
  readonly dockerArgs?: { readonly [name: string]: unknown };
  /** How many times to look whether the module answers before giving up */
  readonly waitIterations?: number;
  /** Environment of the process */
  readonly env?: readonly EnvEntry[];
}

/** The right to do something alone for a while */
export interface Lease {
  /** What it is the right to */
  readonly name: string;
  /** Id of the instance that holds it */
  readonly holder: string;
  /** How often the holder has changed */
  readonly epoch: number;
  /** Below 0: nobody holds it */
  readonly expiresInSeconds: number;
}

/** An acknowledged change that the database lost */
export interface LostChange {
  /** Its number before it was lost; another change may have it now */
  readonly revision: number;
  /** When it was made, ISO 8601 */
  readonly at: string;
  /** Who made it */
  readonly actor: string;
  /** Name of the operation */
  readonly action: string;
  /** What it was done to */
  readonly target: string;
  /** What it consisted of, without what may be secret */
  readonly ops: readonly {
    /** What was done */
    readonly kind: string;
    /** To what, in words */
    readonly of: readonly string[];
  }[];
  /** proposed: it is there again; refused: it makes no sense any more */
  readonly outcome: "lost" | "proposed" | "refused";
  /** Why it was refused */
  readonly because?: string;
  /** Revision under which it is there again */
  readonly proposedRevision?: number;
}

/** What a module offers and what it needs */
export interface ModuleDescriptor {
  /** Id of the module: product, "-", semantic version */
  readonly id: string;
  /** Short name, without a version */
  readonly name?: string;
  /** Tags */
  readonly tags?: readonly string[];
  /** Products that it takes the place of */
  readonly replaces?: readonly string[];
  /** Interfaces that it cannot do without */
  readonly requires?: readonly InterfaceReference[];
  /** Interfaces that it uses where they are provided */
  readonly optional?: readonly InterfaceReference[];
  /** Interfaces that it provides */
  readonly provides?: readonly InterfaceDescriptor[];
  /** Its places in the pipeline of every request */
  readonly filters?: readonly RoutingEntry[];
  /** Permissions that it defines */
  readonly permissionSets?: readonly Permission[];
  /** Environment variables that it understands */
  readonly env?: readonly EnvEntry[];
  /** Anything else; kept as it was sent */
  readonly metadata?: { readonly [name: string]: unknown };
  readonly uiDescriptor?: UiModuleDescriptor;
  readonly launchDescriptor?: LaunchDescriptor;
}

/** The brief form of a module descriptor */
export interface ModuleSummary {
  /** Id of the module: product, "-", semantic version */
  readonly id: string;
  /** Short name, without a version */
  readonly name?: string;
  /** Tags */
  readonly tags?: readonly string[];
}

/** An operator to create */
export interface NewOperator {
  /** Name for people */
  readonly name: string;
  /** Roles; at least one */
  readonly roles: readonly OperatorRole[];
}

/** An instance of the gateway */
export interface NodeDescriptor {
  /** Id of the node */
  readonly nodeId?: string;
  /** Where it answers */
  readonly url?: string;
  /** Name for people */
  readonly nodeName?: string;
}

/** A person or program that may use the management API. The token itself is not kept */
export interface Operator {
  /** Id of the operator, part of the token */
  readonly id: string;
  /** Name for people */
  readonly name: string;
  /** Roles */
  readonly roles: readonly OperatorRole[];
  /** When it was created, ISO 8601 */
  readonly createdAt: string;
}

/** What an operator may do; admin may do everything */
export type OperatorRole = "admin" | "viewer" | "deployer" | "tenant-admin";

/** An operator just created */
export interface OperatorWithToken {
  /** Id of the operator, part of the token */
  readonly id: string;
  /** Name for people */
  readonly name: string;
  /** Roles */
  readonly roles: readonly OperatorRole[];
  /** When it was created, ISO 8601 */
  readonly createdAt: string;
  /** The credential. It is shown this once */
  readonly token: string;
}

/** A permission or a set of permissions that a module defines */
export interface Permission {
  /** Name of the permission, unique among all modules of a tenant */
  readonly permissionName: string;
  /** Names that it had before */
  readonly replaces?: readonly string[];
  /** Name for people */
  readonly displayName?: string;
  /** What it allows */
  readonly description?: string;
  /** Permissions that it contains */
  readonly subPermissions?: readonly string[];
  /** Whether it is offered where permissions are assigned */
  readonly visible?: boolean;
}

/** Why a step is in a plan, for programs */
export interface PlanReason {
  /** What caused the step */
  readonly kind: "asked-for" | "newest-known" | "required" | "replaced" | "provided-twice" | "fits-provider" | "requirement-gone" | "incompatible";
  /** Module that needs or replaces it */
  readonly by?: string;
  /** Interface that it is about */
  readonly interface?: string;
  /** Version that is wanted */
  readonly version?: string;
  /** Module that provides the interface */
  readonly provider?: string;
  /** Module that stays as the provider */
  readonly keeps?: string;
  /** Version that the provider has */
  readonly has?: string;
}

/** A plan that is asked for */
export interface PlanRequest {
  /** install plans what `modules` asks for, upgrade the newest version of every enabled module */
  readonly kind: "install" | "upgrade";
  /** What is asked for; left out for an upgrade */
  readonly modules?: readonly WantedModule[];
  /** Whether pre-releases are considered; true by default */
  readonly preRelease?: "true" | "false" | "only";
  /** Whether NPM snapshots are considered; true by default */
  readonly npmSnapshot?: "true" | "false" | "only";
  /** Whether modules that are up to date are installed again */
  readonly reinstall?: boolean;
}

/** One step of a plan */
export interface PlanStep {
  /** What happens to the module */
  readonly action: "enable" | "disable" | "uptodate";
  /** Id of the module */
  readonly id: string;
  /** Version of the same product that it takes the place of */
  readonly from?: string;
  readonly reason: PlanReason;
  /** The reason in a sentence */
  readonly explanation: string;
  /** What users will notice while the step runs */
  readonly interruption?: string;
}

/** A route that is open without a token */
export interface PublicRoute {
  /** HTTP method */
  readonly method: string;
  /** Path pattern */
  readonly path: string;
  /** Module that serves it */
  readonly moduleId: string;
}

/** Where to read module descriptors from */
export interface PullDescriptor {
  /** Sources that hold the same descriptors; the first that answers is read */
  readonly urls: readonly string[];
}

/** Whether a gateway can serve */
export interface Readiness {
  /** Whether this instance takes requests */
  readonly ready: boolean;
  /** Revision of the registry that it serves */
  readonly revision?: number;
  /** Whether the database answered last; requests are served without it */
  readonly database?: "up" | "down";
  /** Where the state is from, while the database has not been met since the start */
  readonly state?: "snapshot-file";
  /** Whose time counts, while the database has not said what time it is */
  readonly clock?: "machine";
  /** Processes that serve its connections, where there are several */
  readonly workers?: {
    readonly wanted: number;
    readonly ready: number;
  };
  /** Why it is not ready */
  readonly because?: string;
  /** What an operator should look at although it serves */
  readonly notes?: readonly string[];
}

/** A failover that lost acknowledged changes */
export interface Rewind {
  /** Id of the loss */
  readonly id: string;
  /** The line of history that was cut off */
  readonly lostHistory: string;
  /** Its newest revision that is still there */
  readonly keptRevision: number;
  /** The newest that any gateway had applied */
  readonly lostRevision: number;
  /** False: more was lost than the gateways remember */
  readonly complete: boolean;
  /** When it was noticed, ISO 8601 */
  readonly noticedAt: string;
  /** URL of the gateway that reported it first */
  readonly noticedBy: string;
  /** System id and timeline before */
  readonly serverBefore?: string;
  /** System id and timeline after */
  readonly serverAfter?: string;
  /** Absent: the alarm is on */
  readonly acknowledgedAt?: string;
  /** Who acknowledged it */
  readonly acknowledgedBy?: string;
  /** What was lost, oldest first */
  readonly changes: readonly LostChange[];
}

/** One route of a module, one place of a filter in the pipeline, or one timer */
export interface RoutingEntry {
  /** HTTP methods; "*" is every method */
  readonly methods?: readonly string[];
  /** Path that it serves: "{x}" is one segment, "*" is anything */
  readonly pathPattern?: string;
  /** Path prefix that it serves; older than pathPattern */
  readonly path?: string;
  /** Path that a filter passes on in place of the one that matched */
  readonly rewritePath?: string;
  /** Phase of a filter: auth, pre or post */
  readonly phase?: string;
  /** Order in the pipeline, as a number in text; handlers are at 50 */
  readonly level?: string;
  /** How it is called: request-response (default), request-response-1.0, request-only, request-log, headers, redirect, internal, system */
  readonly type?: string;
  /** Path that a redirect leads to */
  readonly redirectPath?: string;
  /** Unit of a timer's delay: millisecond, second, minute, hour, day */
  readonly unit?: string;
  /** Time between two calls of a timer, as a number in text; 0 stops it */
  readonly delay?: string;
  readonly schedule?: TimerSchedule;
  /** Permissions that a caller must hold */
  readonly permissionsRequired?: readonly string[];
  /** Permissions that the module wants to hear about */
  readonly permissionsDesired?: readonly string[];
  /** Permissions that the module holds while it serves this entry */
  readonly modulePermissions?: readonly string[];
  /** Permissions that replace permissionsRequired for a caller of the tenant named in the path */
  readonly permissionsRequiredTenant?: readonly string[];
  /** The module answers CORS requests itself */
  readonly delegateCORS?: boolean;
}

/** A tenant: one library or group of libraries */
export interface TenantDescriptor {
  /** Id of the tenant: a lower-case letter, then up to 30 lower-case letters and digits. Chosen by the server where it is left out */
  readonly id?: string;
  /** Name for people */
  readonly name?: string;
  /** What it is for */
  readonly description?: string;
}

/** What is done, or shall be done, with one module of a tenant */
export interface TenantModuleDescriptor {
  /** Id of the module; a product alone means its newest known version */
  readonly id: string;
  /** Id of the module that it takes the place of */
  readonly from?: string;
  /** What happens to it; enable where it is left out */
  readonly action?: "enable" | "disable" | "uptodate" | "suggest" | "conflict";
  /** How far it has come */
  readonly stage?: "pending" | "deploy" | "invoke" | "undeploy" | "done";
  /** What went wrong */
  readonly message?: string;
}

/** A timer of a module, as it runs for one tenant */
export interface TimerDescriptor {
  /** Id of the timer: product, "_", its place in the descriptor */
  readonly id: string;
  readonly routingEntry?: RoutingEntry;
  /** Whether it differs from what the module declares */
  readonly modified?: boolean;
}

/** One time that a timer fired */
export interface TimerFire {
  /** For when it was due, ISO 8601; it fires once for each */
  readonly due: string;
  /** The module that was called */
  readonly moduleId: string;
  /** When, ISO 8601 */
  readonly startedAt: string;
  /** When it ended, ISO 8601 */
  readonly endedAt?: string;
  /** What came of it */
  readonly outcome: "running" | "succeeded" | "failed" | "unknown";
  /** HTTP status that the module answered with */
  readonly status?: number;
  /** Why it did not succeed */
  readonly message?: string;
}

/** A timer of a tenant with its last fires */
export interface TimerHistory {
  /** Id of the timer: product, "_", its place in the descriptor */
  readonly id: string;
  /** The module that it calls */
  readonly moduleId: string;
  /** The method that it calls with */
  readonly method: string;
  /** The path that it calls */
  readonly path: string;
  /** "every 5 minutes", "cron 0 2 * * * Europe/Berlin" or "never" */
  readonly cadence: string;
  /** "stopped": it has no delay, a delay of 0, or a line without a run */
  readonly state: "waiting" | "running" | "paused" | "stopped";
  /** Whether it differs from what the module declares */
  readonly modified: boolean;
  /** When it fires next, ISO 8601 */
  readonly nextDue?: string;
  /** When somebody wanted a run that has not begun yet, ISO 8601 */
  readonly runRequestedAt?: string;
  /** Since when it runs, ISO 8601 */
  readonly runningSince?: string;
  /** When it last ended, ISO 8601 */
  readonly lastEndedAt?: string;
  /** "unknown": the module was called, and no answer came */
  readonly lastOutcome?: "succeeded" | "failed" | "unknown";
  /** Newest first: the last 20, and what did not succeed within 7 days */
  readonly fires: readonly TimerFire[];
}

/** When a timer fires, as a crontab line */
export interface TimerSchedule {
  /** When, as a crontab line */
  readonly cron?: string;
  /** Time zone of the line; UTC where it is left out */
  readonly zone?: string;
}

/** A timer of a tenant and how it stands */
export interface TimerState {
  /** Id of the timer: product, "_", its place in the descriptor */
  readonly id: string;
  /** The module that it calls */
  readonly moduleId: string;
  /** The method that it calls with */
  readonly method: string;
  /** The path that it calls */
  readonly path: string;
  /** "every 5 minutes", "cron 0 2 * * * Europe/Berlin" or "never" */
  readonly cadence: string;
  /** "stopped": it has no delay, a delay of 0, or a line without a run */
  readonly state: "waiting" | "running" | "paused" | "stopped";
  /** Whether it differs from what the module declares */
  readonly modified: boolean;
  /** When it fires next, ISO 8601 */
  readonly nextDue?: string;
  /** When somebody wanted a run that has not begun yet, ISO 8601 */
  readonly runRequestedAt?: string;
  /** Since when it runs, ISO 8601 */
  readonly runningSince?: string;
  /** When it last ended, ISO 8601 */
  readonly lastEndedAt?: string;
  /** "unknown": the module was called, and no answer came */
  readonly lastOutcome?: "succeeded" | "failed" | "unknown";
}

/** A user interface module */
export interface UiModuleDescriptor {
  /** Package of the user interface module */
  readonly npm?: string;
  /** Where it is served */
  readonly url?: string;
  /** Where it lies on disk */
  readonly local?: string;
  /** Arguments */
  readonly args?: string;
}

/** What is running */
export interface VersionInfo {
  /** Version of Octavo */
  readonly octavo: string;
  /** Version of Okapi whose API is served */
  readonly okapi: string;
  /** Version of Node that runs it */
  readonly node?: string;
}

/** A module that is asked for */
export interface WantedModule {
  /** Id of a module, or a product for its newest known version */
  readonly id: string;
  /** enable where it is left out */
  readonly action?: "enable" | "disable";
}
