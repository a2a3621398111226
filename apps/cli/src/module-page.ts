import type { InterfaceDescriptor, ModuleDescriptor } from "@octavo/client";
import { columns } from "./columns.ts";
import type { Paint } from "./terminal.ts";

/** A module descriptor for people: what it offers, what it needs, and how much of the rest there is. */
export function modulePage(module: ModuleDescriptor, paint: Paint): string {
  const {
    provides = [],
    requires = [],
    optional = [],
    filters = [],
    replaces = [],
    permissionSets = [],
  } = module;
  const image = module.launchDescriptor?.dockerImage;
  const facts = [
    ["Name", module.name ?? "-"],
    ...(module.tags === undefined ? [] : [["Tags", module.tags.join(", ")]]),
    ...(replaces.length === 0 ? [] : [["Replaces", replaces.join(", ")]]),
    ["Permissions", String(permissionSets.length)],
    ...(filters.length === 0
      ? []
      : [["Filters", filters.map((each) => each.phase ?? each.path ?? each.pathPattern ?? "").join(", ")]]),
    ...(image === undefined ? [] : [["Image", image]]),
  ];
  return [
    `${paint.bold(module.id)}\n${columns(facts, "  ")}`,
    section("Provides", provides.map(providedRow), paint),
    section(
      "Requires",
      requires.map((each) => [each.id, each.version]),
      paint,
    ),
    section(
      "Uses where provided",
      optional.map((each) => [each.id, each.version]),
      paint,
    ),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function providedRow(provided: InterfaceDescriptor): readonly string[] {
  const routes = provided.handlers?.length ?? 0;
  const isSystem = provided.interfaceType === "system" || provided.id.startsWith("_");
  const kind = isSystem ? "system, " : provided.interfaceType === "multiple" ? "multiple, " : "";
  return [provided.id, provided.version, `${kind}${routes} ${routes === 1 ? "route" : "routes"}`];
}

function section(title: string, rows: readonly (readonly string[])[], paint: Paint): string {
  return rows.length === 0 ? "" : `${paint.bold(title)}\n${columns(rows, "  ")}`;
}
