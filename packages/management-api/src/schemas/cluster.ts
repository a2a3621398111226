import { Type, type Static } from "typebox";

const ClusterInstance = Type.Object(
  {
    id: Type.String({ description: "Id of the instance" }),
    name: Type.Optional(Type.String({ description: "Name for people" })),
    url: Type.String({ description: "Where it answers" }),
    version: Type.String({ description: "Version of Octavo that it runs" }),
    protocol: Type.Object(
      { min: Type.Integer(), max: Type.Integer() },
      { description: "Protocols between instances that it knows", additionalProperties: false },
    ),
    startedAt: Type.String({ description: "When it started, ISO 8601" }),
    heartbeatAgeSeconds: Type.Number({ description: "Since its last heartbeat, when it was looked at" }),
    appliedRevision: Type.Integer({ description: "Newest revision that it serves" }),
    lag: Type.Integer({ description: "How many revisions it is behind" }),
    ready: Type.Optional(
      Type.Boolean({ description: "Whether it takes requests; absent until it has said" }),
    ),
    because: Type.Optional(Type.String({ description: "Why it is not ready" })),
    draining: Type.Optional(Type.Boolean({ description: "Whether it is ending" })),
    listening: Type.Optional(
      Type.Boolean({ description: "False: it is not woken by changes and looks for them once a second" }),
    ),
    workers: Type.Optional(
      Type.Object(
        { wanted: Type.Integer(), ready: Type.Integer() },
        { description: "Processes that serve its connections", additionalProperties: false },
      ),
    ),
  },
  { $id: "ClusterInstance", description: "A gateway and how it fares", additionalProperties: false },
);

const Lease = Type.Object(
  {
    name: Type.String({ description: "What it is the right to" }),
    holder: Type.String({ description: "Id of the instance that holds it" }),
    epoch: Type.Integer({ description: "How often the holder has changed" }),
    expiresInSeconds: Type.Number({ description: "Below 0: nobody holds it" }),
  },
  { $id: "Lease", description: "The right to do something alone for a while", additionalProperties: false },
);

const ClusterDatabase = Type.Object(
  {
    version: Type.String({ description: "Version of the server" }),
    name: Type.String({ description: "Name of the database" }),
    bytes: Type.Integer({ description: "Its size" }),
    connectionsUsed: Type.Integer({ description: "Connections of all clients of the server" }),
    connectionsMost: Type.Integer({ description: "max_connections" }),
    standby: Type.Boolean({ description: "Whether it takes no writes" }),
    notificationQueueUsage: Type.Number({
      description: "Share of the queue of notifications that is taken; at 1 nothing can be written",
    }),
    server: Type.Optional(
      Type.String({ description: "System id and timeline; another one: another server" }),
    ),
  },
  { $id: "ClusterDatabase", description: "The database of the registry", additionalProperties: false },
);

const ChangeLog = Type.Object(
  {
    rows: Type.Integer({ description: "Changes in it" }),
    cutUntil: Type.Integer({ description: "Newest revision whose change is no longer in it; 0: it has all" }),
    since: Type.Optional(Type.String({ description: "When the oldest in it was made, ISO 8601" })),
  },
  { $id: "ChangeLog", description: "The log of the registry's changes", additionalProperties: false },
);

export const Cluster = Type.Object(
  {
    revision: Type.Integer({ description: "Newest revision at the instance that answers" }),
    history: Type.String({ description: "Line of history of the registry" }),
    protocol: Type.Object(
      {
        active: Type.Integer({ description: "What the instances write" }),
        newest: Type.Integer({ description: "What the instance that answers could write" }),
      },
      { description: "Protocol between the instances", additionalProperties: false },
    ),
    instances: Type.Array(ClusterInstance, { description: "Those with a live heartbeat" }),
    leases: Type.Array(Lease),
    openJobs: Type.Array(
      Type.Object({ state: Type.String(), count: Type.Integer() }, { additionalProperties: false }),
      { description: "How many jobs have not ended, by state" },
    ),
    timers: Type.Object(
      {
        scheduled: Type.Integer({ description: "Timers that will fire" }),
        late: Type.Integer({ description: "Those that should have fired a minute ago" }),
      },
      { additionalProperties: false },
    ),
    changeLog: Type.Optional(ChangeLog), // a gateway of the version before does not tell it
    database: ClusterDatabase,
    warnings: Type.Array(Type.String(), { description: "What an operator should look at, a sentence each" }),
  },
  {
    $id: "Cluster",
    description: "All gateways of one registry and what they share",
    additionalProperties: false,
  },
);
export type Cluster = Static<typeof Cluster>;

export const Finalized = Type.Object(
  {
    before: Type.Integer({ description: "Protocol that was active" }),
    active: Type.Integer({ description: "Protocol that is active now" }),
  },
  { $id: "Finalized", description: "What finalizing has come to", additionalProperties: false },
);
export type Finalized = Static<typeof Finalized>;
