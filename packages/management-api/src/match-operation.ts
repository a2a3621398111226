import { assert } from "@octavo/result";
import type { NamedOperation } from "./define-operation.ts";
import { operations, type OperationName } from "./operations.ts";

export type OperationMatch =
  | {
      readonly kind: "operation";
      readonly operation: NamedOperation<OperationName>;
      /** Percent-decoded, none of them empty. */
      readonly params: Readonly<Record<string, string>>;
    }
  /** The path is known, the method is not; `allowed` are those that are, sorted. */
  | { readonly kind: "other-methods"; readonly allowed: readonly string[] }
  /** A parameter is not valid percent-encoded UTF-8. */
  | { readonly kind: "malformed-path"; readonly because: string };

/** Finds the operation for a request. Segments are compared as they were sent, only parameters are decoded; a slash at
 * the end is a different path.
 * @param path of the request, without the query
 * @returns null where no operation has this path */
export function matchOperation(method: string, path: string): OperationMatch | null {
  const values: string[] = [];
  const node = find(path, values);
  if (node === null) return null;
  const place = node.byMethod.get(method);
  if (place === undefined) return { kind: "other-methods", allowed: [...node.byMethod.keys()].sort() };
  const params: Record<string, string> = {};
  for (const [index, name] of place.parameterNames.entries()) {
    const value = decode(values[index] ?? "");
    if (value === null) {
      return {
        kind: "malformed-path",
        because: `Malformed percent-encoding in path segment ${values[index]}`,
      };
    }
    params[name] = value;
  }
  return { kind: "operation", operation: place.operation, params };
}

/** Whether the first segment behind /_/ is one of the API's, known path or not: no module has a place there. */
export function isManagementPlace(path: string): boolean {
  return root.literals.get("_")?.literals.has(path.split("/", 3)[2] ?? "") === true;
}

/** Names in braces, in order. */
export function parameterNamesOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name ?? "");
}

/** Operations as a tree of path segments. A literal segment goes before a parameter. */
interface Node {
  readonly literals: Map<string, Node>;
  parameter: Node | null;
  readonly byMethod: Map<string, Place>;
}

interface Place {
  readonly operation: NamedOperation<OperationName>;
  readonly parameterNames: readonly string[];
}

const root = buildTree();

function buildTree(): Node {
  const root = newNode();
  for (const operation of operations) {
    const node = operation.path.split("/").slice(1).reduce(child, root);
    assert(
      !node.byMethod.has(operation.method),
      `${operation.method} ${operation.path} is in the table once`,
    );
    node.byMethod.set(operation.method, { operation, parameterNames: parameterNamesOf(operation.path) });
  }
  return root;
}

function child(node: Node, segment: string): Node {
  if (segment.startsWith("{")) return (node.parameter ??= newNode());
  const known = node.literals.get(segment);
  if (known !== undefined) return known;
  const added = newNode();
  node.literals.set(segment, added);
  return added;
}

function newNode(): Node {
  return { literals: new Map(), parameter: null, byMethod: new Map() };
}

/** No path of ours has a literal and a parameter at one place that both lead on, so no step is ever taken back. */
function find(path: string, values: string[]): Node | null {
  if (!path.startsWith("/_/")) return null;
  let node: Node = root;
  for (const segment of path.slice(1).split("/")) {
    const literal = node.literals.get(segment);
    if (literal !== undefined) {
      node = literal;
    } else if (node.parameter !== null && segment !== "") {
      values.push(segment);
      node = node.parameter;
    } else {
      return null;
    }
  }
  return node.byMethod.size === 0 ? null : node;
}

function decode(segment: string): string | null {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}
