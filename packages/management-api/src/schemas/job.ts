import { Type, type Static } from "typebox";

const optionalText = (description: string) => Type.Optional(Type.String({ description }));

const JobCall = Type.Object(
  {
    call: Type.Enum(["permissions", "tenant", "purge", "switch"], {
      description:
        "Permissions are announced, the module's _tenant is called, or the tenant's modules change",
    }),
    moduleId: Type.Optional(Type.String({ description: "Who is called" })),
    about: Type.Optional(Type.String({ description: "The module that it is about" })),
    method: Type.Optional(Type.String({ description: "HTTP method" })),
    path: Type.Optional(Type.String({ description: "Path at the module" })),
    enable: Type.Optional(Type.Array(Type.String(), { description: "Modules that come" })),
    disable: Type.Optional(Type.Array(Type.String(), { description: "Modules that go" })),
    state: Type.Enum(["pending", "intended", "polled", "told", "done", "failed", "indeterminate"], {
      description:
        "intended: sent, or about to be; polled: the module works at a job of its own; told: that job has ended; " +
        "indeterminate: nobody knows whether it was carried out",
    }),
    isRepeatable: Type.Optional(Type.Boolean({ description: "Whether it may be sent again by itself" })),
    attempts: Type.Integer({ description: "How often nothing could be sent" }),
    instanceId: Type.Optional(Type.String({ description: "The instance of the module that works at it" })),
    moduleJob: Type.Optional(Type.String({ description: "The id of the module's own job" })),
    message: Type.Optional(Type.String({ description: "What went wrong, or what is not known" })),
  },
  { $id: "JobCall", description: "One thing that a job does", additionalProperties: false },
);

const stepStates = [
  "pending",
  "intended",
  "done",
  "undone",
  "failed",
  "indeterminate",
  "waiting-for-human",
] as const;

const JobStep = Type.Object(
  {
    moduleId: Type.Optional(
      Type.String({ description: "The module; left out for what closes or undoes a job" }),
    ),
    action: Type.Enum(["enable", "disable", "uptodate", "close", "undo"], { description: "What is done" }),
    from: Type.Optional(Type.String({ description: "The version that is replaced" })),
    reason: Type.Optional(Type.String({ description: "Why it is part of the plan" })),
    state: Type.Enum([...stepStates], { description: "Where it stands" }),
    message: Type.Optional(Type.String({ description: "Why it failed, or what it waits for" })),
    calls: Type.Optional(
      Type.Array(JobCall, { description: "What it does, in order; empty before it begins" }),
    ),
  },
  { $id: "JobStep", description: "A step of a job", additionalProperties: false },
);

export const Job = Type.Object(
  {
    id: Type.String({ description: "Id of the job" }),
    tenantId: Type.String({ description: "The tenant" }),
    kind: Type.Enum(["install", "upgrade", "enable", "disable", "replace", "disable-all"], {
      description: "The call that it began with",
    }),
    state: Type.Enum(["pending", "running", "done", "undone", "failed", "waiting-for-human"], {
      description: "Where it stands",
    }),
    since: Type.String({ description: "Since when it is in this state, ISO 8601" }),
    startedAt: Type.String({ description: "When it was accepted, ISO 8601" }),
    endedAt: optionalText("When it ended, ISO 8601; left out while it runs or waits"),
    deadline: optionalText("After this nothing more is begun, ISO 8601"),
    requestedBy: Type.String({ description: "Whose it is" }),
    requestId: optionalText("The request that it began with"),
    cancelledBy: optionalText("Who has cancelled it"),
    owner: optionalText("The instance that drives it, or did last"),
    epoch: Type.Integer({ description: "Grows with each instance that takes it over" }),
    onFailure: Type.Enum(["stop", "undo"], { description: "What a failure leads to" }),
    message: optionalText("What it waits for, or why it failed"),
    choices: optionalText("Which commands help a job that waits for a human"),
    stepsDone: Type.Integer({ description: "How many of its steps are done" }),
    stepsTotal: Type.Integer({ description: "How many it has" }),
    steps: Type.Array(JobStep, { description: "Its steps, in the order of the plan" }),
  },
  {
    $id: "Job",
    description: "What is asked of a tenant's modules, and how far it has come",
    additionalProperties: false,
  },
);
export type Job = Static<typeof Job>;

export const JobList = Type.Object(
  { jobs: Type.Array(Job, { description: "Newest first, their steps without calls" }) },
  { $id: "JobList", description: "Jobs", additionalProperties: false },
);
