import { Type, type Static } from "typebox";

export const PlanRequest = Type.Object(
  {
    kind: Type.Enum(["install", "upgrade"], {
      description:
        "install plans what `modules` asks for, upgrade the newest version of every enabled module",
    }),
    modules: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Type.String({ description: "Id of a module, or a product for its newest known version" }),
            action: Type.Optional(
              Type.Enum(["enable", "disable"], { description: "enable where it is left out" }),
            ),
          },
          { $id: "WantedModule", description: "A module that is asked for", additionalProperties: false },
        ),
        { description: "What is asked for; left out for an upgrade" },
      ),
    ),
    preRelease: Type.Optional(
      Type.Enum(["true", "false", "only"], {
        description: "Whether pre-releases are considered; true by default",
      }),
    ),
    npmSnapshot: Type.Optional(
      Type.Enum(["true", "false", "only"], {
        description: "Whether NPM snapshots are considered; true by default",
      }),
    ),
    reinstall: Type.Optional(
      Type.Boolean({ description: "Whether modules that are up to date are installed again" }),
    ),
  },
  { $id: "PlanRequest", description: "A plan that is asked for", additionalProperties: false },
);
export type PlanRequest = Static<typeof PlanRequest>;

const ReasonKind = Type.Enum(
  [
    "asked-for",
    "newest-known",
    "required",
    "replaced",
    "provided-twice",
    "fits-provider",
    "requirement-gone",
    "incompatible",
  ],
  { description: "What caused the step" },
);

export const PlanReason = Type.Object(
  {
    kind: ReasonKind,
    by: Type.Optional(Type.String({ description: "Module that needs or replaces it" })),
    interface: Type.Optional(Type.String({ description: "Interface that it is about" })),
    version: Type.Optional(Type.String({ description: "Version that is wanted" })),
    provider: Type.Optional(Type.String({ description: "Module that provides the interface" })),
    keeps: Type.Optional(Type.String({ description: "Module that stays as the provider" })),
    has: Type.Optional(Type.String({ description: "Version that the provider has" })),
  },
  { $id: "PlanReason", description: "Why a step is in a plan, for programs", additionalProperties: false },
);
export type PlanReason = Static<typeof PlanReason>;

export const PlanStep = Type.Object(
  {
    action: Type.Enum(["enable", "disable", "uptodate"], { description: "What happens to the module" }),
    id: Type.String({ description: "Id of the module" }),
    from: Type.Optional(
      Type.String({ description: "Version of the same product that it takes the place of" }),
    ),
    reason: PlanReason,
    explanation: Type.String({ description: "The reason in a sentence" }),
    interruption: Type.Optional(Type.String({ description: "What users will notice while the step runs" })),
  },
  { $id: "PlanStep", description: "One step of a plan", additionalProperties: false },
);
export type PlanStep = Static<typeof PlanStep>;

export const PublicRoute = Type.Object(
  {
    method: Type.String({ description: "HTTP method" }),
    path: Type.String({ description: "Path pattern" }),
    moduleId: Type.String({ description: "Module that serves it" }),
  },
  { $id: "PublicRoute", description: "A route that is open without a token", additionalProperties: false },
);
export type PublicRoute = Static<typeof PublicRoute>;

export const ExplainedPlan = Type.Object(
  {
    tenant: Type.String({ description: "Id of the tenant" }),
    revision: Type.Integer({ description: "Revision of the registry that the plan was made from" }),
    steps: Type.Array(PlanStep, { description: "Steps in the order of work" }),
    publicRoutes: Type.Optional(
      Type.Array(PublicRoute, { description: "Routes that the plan would open to callers without a token" }),
    ),
  },
  {
    $id: "ExplainedPlan",
    description: "What an install or upgrade would do, and why",
    additionalProperties: false,
  },
);
export type ExplainedPlan = Static<typeof ExplainedPlan>;
