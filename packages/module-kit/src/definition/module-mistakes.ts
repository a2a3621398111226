import type { ModuleFacts } from "./module-facts.ts";
import { pathParameters } from "./path-parameters.ts";
import type { Route } from "./route.ts";

/** Everything that is wrong with a module, each in one sentence. Nothing of it depends on where the module runs. */
export function moduleMistakes(
  module: ModuleFacts & { readonly parts: readonly { readonly name: string }[] },
): readonly string[] {
  const { name, version, interfaces, timers, parts, steps } = module;
  const routes = [...interfaces.flatMap(({ routes }) => routes), ...timers.map(({ route }) => route)];
  return [
    ...(NAME.test(name) ? [] : [`name "${name}" is not small letters, digits and single dashes, at most 40`]),
    ...(VERSION.test(version) ? [] : [`version "${version}" is not like 1.2.3`]),
    ...interfaces
      .filter((one) => !INTERFACE_VERSION.test(one.version))
      .map(({ id, version }) => `version "${version}" of interface ${id} is not like 1.2`),
    ...repeated(interfaces.map(({ id }) => id)).map((id) => `interface ${id} is there twice`),
    ...repeated(parts.map(({ name }) => name)).map((name) => `part "${name}" is there twice`),
    ...repeated(steps.map(({ id }) => id)).map((id) => `step ${id} is there twice`),
    ...repeated(routes.map(shapeOf)).map((shape) => `route ${shape} is there twice`),
    ...routes.flatMap(routeMistakes),
    ...timers
      .filter(({ route }) => route.method !== "POST")
      .map(({ route }) => `timer ${route.path} is called by POST`),
  ];
}

const NAME = /^(?=.{1,40}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/u;
const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/u;
const INTERFACE_VERSION = /^\d+\.\d+$/u;
const SEGMENT = /^(?:[A-Za-z0-9_~!&',-]*|\{[A-Za-z_][A-Za-z0-9_]*\})$/u;

function routeMistakes(route: Route): readonly string[] {
  const { method, path, params, answers } = route;
  const where = `route ${method} ${path}`;
  const names = pathParameters(path);
  const declared =
    params !== null && "properties" in params ? Object.keys(params.properties as object) : null;
  return [
    ...(path.startsWith("/") && path.split("/").every((segment) => SEGMENT.test(segment))
      ? []
      : [`${where} is no path whose segments are text or one {parameter}`]),
    ...repeated(names).map((name) => `${where} has the parameter {${name}} twice`),
    ...(declared ?? []).filter((name) => !names.includes(name)).map((name) => `${where} has no {${name}}`),
    ...(declared === null ? [] : names.filter((name) => !declared.includes(name))).map(
      (name) => `${where} says nothing of {${name}} in params`,
    ),
    ...(Object.keys(answers).some((status) => /^[23]\d\d$/u.test(status))
      ? []
      : [`${where} declares no answer from 200 to 399`]),
  ];
}

/** Two routes of one shape could not be told apart. */
function shapeOf({ method, path }: Route): string {
  return `${method} ${path.replaceAll(/\{[^}]*\}/gu, "{}")}`;
}

function repeated(values: readonly string[]): readonly string[] {
  return [...new Set(values.filter((value, at) => values.indexOf(value) !== at))];
}
