import { Type, type Static } from "typebox";

export const TenantModuleDescriptor = Type.Object(
  {
    id: Type.String({ description: "Id of the module; a product alone means its newest known version" }),
    from: Type.Optional(Type.String({ description: "Id of the module that it takes the place of" })),
    action: Type.Optional(
      Type.Enum(["enable", "disable", "uptodate", "suggest", "conflict"], {
        description: "What happens to it; enable where it is left out",
      }),
    ),
    stage: Type.Optional(
      Type.Enum(["pending", "deploy", "invoke", "undeploy", "done"], { description: "How far it has come" }),
    ),
    message: Type.Optional(Type.String({ description: "What went wrong" })),
  },
  {
    $id: "TenantModuleDescriptor",
    description: "What is done, or shall be done, with one module of a tenant",
    additionalProperties: false,
  },
);
export type TenantModuleDescriptor = Static<typeof TenantModuleDescriptor>;

export const TenantModuleDescriptorList = Type.Array(TenantModuleDescriptor, {
  description: "In the order of work",
});
