/** Names of the parameters of a path: "id" | "part" of "/tags/{id}/parts/{part}". */
export type PathParameter<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParameter<Rest>
  : never;

/** The same at run time, in their order. */
export function pathParameters(path: string): readonly string[] {
  return [...path.matchAll(/\{([^{}/]+)\}/gu)].flatMap(([, name]) => name ?? []);
}
