/** Package → what of ours it may import; anything absent is forbidden. `pure` packages know no I/O, no clock, no Node. */
export const layers: Readonly<Record<string, Layer>> = {
  "packages/result": { imports: [], isPure: true },
  "packages/json": { imports: ["result"], isPure: true },
  "packages/descriptor": { imports: ["result", "json"], isPure: true },
  "packages/resolution": { imports: ["result", "descriptor"], isPure: true },
  "packages/routing": { imports: ["result", "descriptor"], isPure: true },
  "packages/cql": { imports: ["result"], isPure: true },
  "packages/management-api": { imports: ["result", "json"], isPure: true },
  "packages/http-wire": { imports: ["result"], isPure: false },
  "packages/upstream": { imports: ["result", "http-wire"], isPure: false },
  "packages/tokens": { imports: ["result", "json"], isPure: false },
  "packages/registry": { imports: ["result", "json", "descriptor", "resolution"], isPure: false },
  "packages/identity": { imports: ["result", "tokens", "registry", "management-api"], isPure: false },
  "packages/lifecycle": {
    imports: ["result", "json", "descriptor", "resolution", "registry"],
    isPure: false,
  },
  "packages/timers": { imports: ["result", "json", "descriptor", "registry"], isPure: false },
  "packages/client": { imports: [], isPure: false },
  "packages/database": { imports: ["result"], isPure: false },
  "packages/migrations": { imports: ["result", "database"], isPure: false },
  "packages/object-store": { imports: ["result"], isPure: false },
  "packages/module-kit": {
    imports: ["result", "json", "cql", "tokens", "database", "migrations", "object-store"],
    isPure: false,
  },
  "packages/module-testing": {
    imports: ["module-kit", "embedded-postgres", "tokens"],
    isPure: false,
  },
  "modules/inventory-storage": { imports: ["module-kit", "result"], isPure: false },
  "modules/tags": { imports: ["module-kit"], isPure: false },
  "modules/permissions": { imports: ["module-kit"], isPure: false },
  "modules/settings": { imports: ["module-kit"], isPure: false },
  "modules/users": { imports: ["module-kit"], isPure: false },
  "modules/configuration": { imports: ["module-kit"], isPure: false },
  "modules/password-validator": { imports: ["module-kit"], isPure: false },
  "modules/login": { imports: ["module-kit"], isPure: false },
  "modules/users-bl": { imports: ["module-kit"], isPure: false },
  "modules/inventory": { imports: ["module-kit"], isPure: false },
  "modules/notes": { imports: ["module-kit"], isPure: false },
  "drivers/embedded-postgres": { imports: ["result"], isPure: false },
  "apps/gateway": {
    imports: [
      "result",
      "json",
      "descriptor",
      "resolution",
      "routing",
      "tokens",
      "upstream",
      "management-api",
      "http-wire",
      "registry",
      "identity",
      "lifecycle",
      "timers",
      "embedded-postgres",
    ],
    isPure: false,
  },
  "apps/cli": { imports: ["result", "client", "gateway", "module-kit"], isPure: false },
};

export interface Layer {
  readonly imports: readonly string[];
  readonly isPure: boolean;
}
