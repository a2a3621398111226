/** A permission of the internal module. `contains` is null for a plain one. */
export interface OkapiPermission {
  readonly name: string;
  readonly allows: string;
  readonly contains: readonly string[] | null;
}

/** Okapi's permissions and the sets that bundle them; names and sets are facts of its own descriptor, as modules and
 * stored permission data of libraries refer to them. */
export const okapiPermissions: readonly OkapiPermission[] = [
  one("okapi.deployment.get", "See what this node runs"),
  one("okapi.deployment.post", "Start a module on this node"),
  one("okapi.deployment.delete", "Stop a module on this node"),
  one("okapi.discovery.get", "See instances of modules"),
  one("okapi.discovery.post", "Register an instance of a module"),
  // Nothing needs it: Okapi declares the route and does not implement it. Stored sets name it.
  one("okapi.discovery.put", "Change an instance of a module"),
  one("okapi.discovery.delete", "Forget instances of modules"),
  one("okapi.discovery.health.get", "See whether instances answer"),
  one("okapi.discovery.nodes.get", "See nodes"),
  one("okapi.discovery.nodes.put", "Rename a node"),
  one("okapi.proxy.modules.list", "List known modules"),
  one("okapi.proxy.modules.get", "See a module descriptor"),
  one("okapi.proxy.modules.post", "Make modules known"),
  // Nothing needs it: a module descriptor never changes. Stored sets name it.
  one("okapi.proxy.modules.put", "Change a module descriptor"),
  one("okapi.proxy.modules.delete", "Forget a module"),
  one("okapi.proxy.pull.modules.post", "Read module descriptors from another registry"),
  one("okapi.proxy.cleanup.modules", "Forget snapshots that no tenant uses"),
  one("okapi.proxy.tenants.list", "List tenants"),
  one("okapi.proxy.tenants.get", "See a tenant"),
  one("okapi.proxy.tenants.post", "Create a tenant"),
  one("okapi.proxy.tenants.put", "Change a tenant"),
  one("okapi.proxy.tenants.delete", "Delete a tenant"),
  one("okapi.proxy.tenants.install.list", "List the jobs of a tenant"),
  one("okapi.proxy.tenants.install.get", "See a job of a tenant"),
  one("okapi.proxy.tenants.install.post", "Install modules for a tenant"),
  one("okapi.proxy.tenants.install.delete", "Forget completed jobs of a tenant"),
  one("okapi.proxy.tenants.upgrade.post", "Upgrade the modules of a tenant"),
  one("okapi.proxy.tenants.modules.list", "List the modules of a tenant"),
  one("okapi.proxy.tenants.modules.post", "Enable a module for a tenant"),
  // Okapi requires it and defines it nowhere, so nobody could be given it.
  one("okapi.proxy.tenants.modules.delete", "Disable all modules of a tenant"),
  one("okapi.proxy.tenants.modules.enabled.get", "See whether a module is enabled for a tenant"),
  one("okapi.proxy.tenants.modules.enabled.post", "Replace a module of a tenant"),
  one("okapi.proxy.tenants.modules.enabled.delete", "Disable a module of a tenant"),
  one("okapi.proxy.tenants.interfaces.list", "List the interfaces of a tenant"),
  one("okapi.proxy.tenants.interfaces.get", "See who provides an interface for a tenant"),
  one("okapi.proxy.tenants.timers.list", "List the timers of a tenant"),
  one("okapi.proxy.tenants.timers.get", "See a timer of a tenant"),
  one("okapi.proxy.tenants.timers.patch", "Change timers of any tenant"),
  one("okapi.proxy.self.timers.patch", "Change timers of one's own tenant"),
  one("okapi.env.list", "List environment variables of modules"),
  one("okapi.env.get", "See an environment variable of modules"),
  one("okapi.env.post", "Set an environment variable of modules"),
  one("okapi.env.delete", "Remove an environment variable of modules"),
  one("okapi.version.get", "See the version"),
  set("okapi.deploy", "Run modules and register where they run", [
    "okapi.deployment.post",
    "okapi.deployment.get",
    "okapi.deployment.delete",
    "okapi.discovery.post",
    "okapi.discovery.get",
    "okapi.discovery.put",
    "okapi.discovery.delete",
    "okapi.discovery.nodes.put",
    "okapi.discovery.health.get",
    "okapi.discovery.nodes.get",
  ]),
  set("okapi.modules", "Decide which modules are known", [
    "okapi.proxy.modules.list",
    "okapi.proxy.modules.get",
    "okapi.proxy.modules.post",
    "okapi.proxy.modules.put",
    "okapi.proxy.modules.delete",
    "okapi.proxy.pull.modules.post",
    "okapi.proxy.cleanup.modules",
  ]),
  set("okapi.tenants", "Decide which tenants there are", [
    "okapi.proxy.tenants.list",
    "okapi.proxy.tenants.get",
    "okapi.proxy.tenants.post",
    "okapi.proxy.tenants.put",
    "okapi.proxy.tenants.delete",
  ]),
  set("okapi.tenantmodules", "Decide which modules a tenant has", [
    "okapi.proxy.tenants.modules.list",
    "okapi.proxy.tenants.modules.post",
    "okapi.proxy.tenants.modules.delete",
    "okapi.proxy.tenants.modules.enabled.get",
    "okapi.proxy.tenants.modules.enabled.post",
    "okapi.proxy.tenants.modules.enabled.delete",
    "okapi.proxy.tenants.upgrade.post",
    "okapi.proxy.tenants.install.list",
    "okapi.proxy.tenants.install.get",
    "okapi.proxy.tenants.install.delete",
    "okapi.proxy.tenants.install.post",
  ]),
  set("okapi.timers", "See and change timers", [
    "okapi.proxy.tenants.timers.list",
    "okapi.proxy.tenants.timers.patch",
    "okapi.proxy.tenants.timers.get",
    "okapi.proxy.self.timers.patch",
  ]),
  set("okapi.interfaces", "See which modules provide what", [
    "okapi.proxy.tenants.interfaces.list",
    "okapi.proxy.tenants.interfaces.get",
  ]),
  set("okapi.env", "See and change environment variables of modules", [
    "okapi.env.post",
    "okapi.env.delete",
    "okapi.env.list",
    "okapi.env.get",
  ]),
  set("okapi.readonly", "See everything that changes nothing", [
    "okapi.proxy.modules.list",
    "okapi.proxy.modules.get",
    "okapi.proxy.tenants.list",
    "okapi.proxy.tenants.get",
    "okapi.proxy.tenants.modules.list",
    "okapi.proxy.tenants.modules.enabled.get",
    "okapi.interfaces",
    "okapi.version.get",
  ]),
  set("okapi.all", "Everything", [
    "okapi.deploy",
    "okapi.modules",
    "okapi.tenants",
    "okapi.tenantmodules",
    "okapi.timers",
    "okapi.interfaces",
    "okapi.version.get",
    "okapi.env",
  ]),
];

function one(name: string, allows: string): OkapiPermission {
  return { name, allows, contains: null };
}

function set(name: string, allows: string, contains: readonly string[]): OkapiPermission {
  return { name, allows, contains };
}
