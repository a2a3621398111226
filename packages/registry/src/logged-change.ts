import { createHash } from "node:crypto";
import type { ModuleDescriptor } from "@octavo/descriptor";
import { err, ok, type Result } from "@octavo/result";
import { canonicalJson, type PlainJson } from "./canonical-json.ts";
import type { Change } from "./change.ts";
import { digestOf } from "./descriptor-digest.ts";

/** A row of the log: one write, hashed together with the one before it. */
export interface LoggedChange {
  readonly revision: number;
  /** Made by the writer for this attempt alone, so that two equal writes never have the same hash. */
  readonly writeId: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  /** Whether an instance that does not know one of the kinds must stop rather than read the tables anew. */
  readonly mustUnderstand: boolean;
  readonly ops: readonly Op[];
}

/** A change as it is logged. `v` is the version of its kind; a descriptor's text stays in its table. */
export type Op = { readonly v: number } & (
  | Exclude<Change, { readonly kind: "module.added" }>
  | { readonly kind: "module.added"; readonly moduleId: string; readonly digest: string }
);

/** Versions of the kinds that this program writes and reads. */
const versionOf = {
  "module.added": 1,
  "module.removed": 1,
  "tenant.put": 1,
  "tenant.removed": 1,
  "tenant.modules": 1,
  "instance.registered": 1,
  "instance.deregistered": 1,
  "env.put": 2, // since 2 with `required`
  "env.removed": 1,
  "operator.put": 1,
  "operator.removed": 1,
  "signing-key.put": 1,
  "signing-key.removed": 1,
  "identity.changed": 1,
} satisfies Record<Change["kind"], number>;

/** The hash before the first change. */
export const genesisHash = "0".repeat(64);

export function hashOf(previousHash: string, change: LoggedChange): string {
  const { revision, writeId, actor, action, target, mustUnderstand, ops } = change;
  // Ops are plain JSON by their type; TypeScript sees interfaces, which have no index signature.
  const payload = {
    revision,
    writeId,
    actor,
    action,
    target,
    mustUnderstand,
    ops: ops as unknown as PlainJson,
  };
  return createHash("sha256").update(previousHash).update(canonicalJson(payload)).digest("hex");
}

/** The internal module is logged and stored by its product: a gateway of another version reads its own instead. */
export class OpCodec {
  readonly #internal: ModuleDescriptor;

  constructor(internal: ModuleDescriptor) {
    this.#internal = internal;
  }

  encode(changes: readonly Change[]): readonly Op[] {
    return changes.map((change) => {
      const v = versionOf[change.kind];
      if (change.kind === "module.added") {
        return { v, kind: change.kind, moduleId: change.module.id, digest: digestOf(change.module) };
      }
      if (change.kind !== "tenant.modules") return { v, ...change };
      return {
        v,
        ...change,
        enable: change.enable.map(this.stored),
        disable: change.disable.map(this.stored),
      };
    });
  }

  /** Decodes ops of known kinds.
   * @param bodyOf the descriptor of an added module, or undefined where the tables no longer hold that text
   * @returns as the error, the id of a module whose text is gone: a later change removed it, so that only the tables can
   * say how things are now */
  decode(
    ops: readonly Op[],
    bodyOf: (moduleId: string, digest: string) => ModuleDescriptor | undefined,
  ): Result<readonly Change[], string> {
    const changes: Change[] = [];
    for (const op of ops) {
      if (op.kind === "module.added") {
        const module = bodyOf(op.moduleId, op.digest);
        if (module === undefined) return err(op.moduleId);
        changes.push({ kind: op.kind, module });
      } else if (op.kind === "tenant.modules") {
        changes.push({ ...op, enable: op.enable.map(this.known), disable: op.disable.map(this.known) });
      } else {
        changes.push(op);
      }
    }
    return ok(changes);
  }

  /** The name under which a row of tenant_module keeps this module id. */
  readonly stored = (id: string): string => (id === this.#internal.id ? this.#internal.product : id);
  readonly known = (name: string): string => (name === this.#internal.product ? this.#internal.id : name);
}

/** From a newer program may come a kind, or a version of one, that the types here do not list.
 * @returns its name, or null where all are known */
export function unknownKindOf(ops: readonly Op[]): string | null {
  const versions: Readonly<Record<string, number>> = versionOf;
  const unknown = ops.find((op) => versions[op.kind] !== op.v);
  return unknown === undefined ? null : `${unknown.kind} version ${unknown.v}`;
}
