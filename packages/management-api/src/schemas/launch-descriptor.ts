import { Type, type Static } from "typebox";
import { anyObject } from "./any-object.ts";
import { EnvEntry } from "./env-entry.ts";

export const LaunchDescriptor = Type.Object(
  {
    exec: Type.Optional(Type.String({ description: 'Program with arguments; "%p" becomes the port' })),
    cmdlineStart: Type.Optional(
      Type.String({
        description: 'Shell line that starts the module in the background; "%p" becomes the port',
      }),
    ),
    cmdlineStop: Type.Optional(Type.String({ description: "Shell line that stops it" })),
    dockerImage: Type.Optional(Type.String({ description: "Docker image to run" })),
    dockerPull: Type.Optional(Type.Boolean({ description: "Whether to pull the image first" })),
    dockerCMD: Type.Optional(Type.Array(Type.String(), { description: "Replaces the command of the image" })),
    dockerArgs: Type.Optional(anyObject("Body of Docker's call that creates the container")),
    waitIterations: Type.Optional(
      Type.Integer({ description: "How many times to look whether the module answers before giving up" }),
    ),
    env: Type.Optional(Type.Array(EnvEntry, { description: "Environment of the process" })),
  },
  {
    $id: "LaunchDescriptor",
    description: "How a module is started and stopped",
    additionalProperties: false,
  },
);
export type LaunchDescriptor = Static<typeof LaunchDescriptor>;
