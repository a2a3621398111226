import { Type, type Static } from "typebox";
import { TenantModuleDescriptor } from "./tenant-module-descriptor.ts";

export const InstallJob = Type.Object(
  {
    id: Type.String({ description: "Id of the job" }),
    complete: Type.Boolean({ description: "Whether nothing is left to do" }),
    startDate: Type.Optional(Type.String({ description: "When it began, ISO 8601" })),
    endDate: Type.Optional(Type.String({ description: "When it ended, ISO 8601" })),
    modules: Type.Array(TenantModuleDescriptor, { description: "Its modules, in the order of work" }),
  },
  { $id: "InstallJob", description: "An install or upgrade of a tenant", additionalProperties: false },
);
export type InstallJob = Static<typeof InstallJob>;
