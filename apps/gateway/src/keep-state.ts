import { defaultIdentityPolicy } from "@octavo/identity";
import { type KeptFiles, type Registry, type RegistryEvent, SnapshotKeeper } from "@octavo/registry";
import { internalModule } from "./internal-module.ts";
import type { Prepared } from "./start-serving.ts";
import { version } from "./version.ts";

/** From now on the state is kept in a file, for a start without the database. */
export function keepState(
  { rows, metrics }: Pick<Prepared, "rows" | "metrics">,
  registry: Registry,
  files: KeptFiles,
  log: (event: RegistryEvent) => void,
): SnapshotKeeper {
  const { accessLifeMs } = defaultIdentityPolicy.refresh;
  const keeper = new SnapshotKeeper({
    registry,
    files,
    internal: internalModule(),
    program: version,
    signingSecrets: (kids) => rows.signingSecrets(kids),
    endedSessions: () => rows.endedSessions(registry.clock.now() - accessLifeMs),
    log,
  });
  metrics.add(metrics.registry.keptFamilies(registry, () => keeper.vitals));
  return keeper;
}
