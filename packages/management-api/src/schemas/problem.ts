import { Type, type Static } from "typebox";

/** RFC 9457; answered where the caller accepts application/problem+json. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: "Stable name of the kind of problem, a URI reference" }),
    title: Type.String({ description: "The kind of problem in a few words" }),
    status: Type.Integer({ description: "Status of the answer" }),
    detail: Type.String({ description: "What went wrong with this request: the text of the plain form" }),
    instance: Type.Optional(Type.String({ description: "Id of the request" })),
  },
  { $id: "Problem", description: "An error, for callers that accept application/problem+json" },
);
export type Problem = Static<typeof Problem>;
