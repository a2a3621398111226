/** The parts of a descriptor that requests are brought to a module by. */
export interface Routed {
  readonly id: string;
  readonly provides?: readonly {
    readonly interfaceType?: string;
    readonly handlers?: readonly { readonly methods: readonly string[]; readonly pathPattern?: string }[];
  }[];
}

/** Which of a process's modules answers a request.
 * @returns its index, or -1 */
export function moduleFor(modules: readonly Routed[], method: string, path: string): number {
  return modules.findIndex(({ provides = [] }) =>
    provides
      .filter(({ interfaceType }) => interfaceType !== "system")
      .flatMap(({ handlers = [] }) => handlers)
      .some(({ methods, pathPattern = "" }) => fits(methods, method) && patternOf(pathPattern).test(path)),
  );
}

function fits(methods: readonly string[], method: string): boolean {
  return methods.includes(method) || methods.includes("*");
}

/** As Okapi reads it: `{id}` is one segment, `*` anything. */
function patternOf(pathPattern: string): RegExp {
  const parts = pathPattern.split(/(\{[^}]*\}|\*)/u).map((part) => {
    if (part === "*") return ".*";
    return part.startsWith("{") ? "[^/?]+" : part.replaceAll(/[.+?^${}()|[\]\\]/gu, "\\$&");
  });
  return new RegExp(`^${parts.join("")}$`, "u");
}
