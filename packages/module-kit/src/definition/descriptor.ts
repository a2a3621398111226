import type { InterfaceDefinition } from "./interface.ts";
import type { ModuleFacts } from "./module-facts.ts";
import { permissionSets } from "./permissions.ts";
import type { Route } from "./route.ts";
import type { TimerDefinition } from "./timer.ts";

/** A module's descriptor: the JSON that a gateway, or Okapi, is told. Made of the definition alone, in one order of keys. */
export function descriptorOf(module: ModuleFacts): object {
  const { id, title, interfaces, timers, requires, optional, replaces } = module;
  return {
    id,
    name: title,
    provides: [
      ...interfaces.map(providedInterface),
      ...(timers.length === 0 ? [] : [timerInterface(timers)]),
    ],
    requires: references(requires),
    optional: references(optional),
    permissionSets: permissionSets(module),
    ...(replaces.length > 0 && { replaces }),
    launchDescriptor: launchDescriptor(module),
    metadata: { octavo: octavoMetadata(module) },
  };
}

function providedInterface({ id, version, type, routes }: InterfaceDefinition): object {
  return {
    id,
    version,
    ...(type !== "proxy" && { interfaceType: type }),
    handlers: routes.map((route) => ({
      methods: [route.method],
      pathPattern: route.path,
      permissionsRequired: route.permissionsRequired,
      ...permissionsOf(route),
    })),
  };
}

function timerInterface(timers: readonly TimerDefinition[]): object {
  return {
    id: "_timer",
    version: "1.0",
    interfaceType: "system",
    handlers: timers.map(({ route, when }) => ({
      methods: [route.method],
      pathPattern: route.path,
      ...("cron" in when ? { schedule: when } : { unit: when.unit, delay: String(when.delay) }),
      ...permissionsOf(route),
    })),
  };
}

function permissionsOf({ permissionsDesired, modulePermissions }: Route): object {
  return {
    ...(permissionsDesired.length > 0 && { permissionsDesired }),
    ...(modulePermissions !== null && { modulePermissions }),
  };
}

function references(of: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(of).map(([id, version]) => ({ id, version }));
}

/** `%p` is the port that a driver has chosen. */
function launchDescriptor({ name, steps, env }: ModuleFacts): object {
  return {
    exec: `octavo module run ${name} --port %p`,
    env: [...(steps.length > 0 ? DATABASE_ENV : []), ...env],
  };
}

const DATABASE_ENV = [
  { name: "OCTAVO_DB_URL", description: "Database, with the login of the module's process" },
  { name: "OCTAVO_DB_ADMIN_URL", description: "The same, with a login that may make schemas and roles" },
];

/** What Okapi has no place for, where it keeps what it does not know. */
function octavoMetadata({ interfaces, isolation, steps, pushesIdentity }: ModuleFacts): object {
  const open = interfaces.flatMap(({ routes }) => routes).filter(({ isPublic }) => isPublic);
  const repeatable = interfaces.filter(({ isRepeatable }) => isRepeatable).map(({ id }) => id);
  return {
    kit: "0.1",
    ...(open.length > 0 && { public: open.map(({ method, path }) => `${method} ${path}`) }),
    ...(steps.length > 0 && { isolation }),
    ...(repeatable.length > 0 && { repeatable }),
    ...(pushesIdentity && { pushesIdentity }),
  };
}
