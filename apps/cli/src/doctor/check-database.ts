import type { DatabaseFacts } from "@octavo/gateway";
import type { Result } from "@octavo/result";
import { broken, fine, odd, type Finding } from "./finding.ts";

/** More than a slow answer explains: one of the two clocks is not set. */
const NOTABLE_CLOCK_MS = 2_000;

/** What the database of DATABASE_URL would say to a gateway that starts.
 * @param found in the error: why none could start, with a remedy in the sentence */
export function judgeDatabase(found: Result<DatabaseFacts, string>): readonly Finding[] {
  if (!found.ok) {
    return [broken("Database", `DATABASE_URL: ${found.error}`, "mend the database or DATABASE_URL")];
  }
  const { version, name, user } = found.value;
  return [
    fine("Database", `PostgreSQL ${version}, database ${name}, as user ${user}`),
    schemaFinding(found.value),
    clockFinding(found.value),
    connectionsFinding(found.value),
  ];
}

function schemaFinding({ name, user, isReadOnly, schema }: DatabaseFacts): Finding {
  const { version, newestKnown, isChangeable } = schema;
  const check = "Schema";
  if (isReadOnly) {
    return broken(check, `the database ${name} takes no writes`, "name the primary server, not a standby");
  }
  if (version === newestKnown) return fine(check, `octavo, version ${version}`);
  if (version !== null && version > newestKnown) {
    return odd(
      check,
      `octavo has version ${version}, this program knows versions up to ${newestKnown}`,
      "right while an upgrade is tried: this program runs until the newer one is finalized",
    );
  }
  const task = version === null ? "made" : `migrated from version ${version} to ${newestKnown}`;
  if (isChangeable) return fine(check, `octavo will be ${task} at the first start`);
  return broken(
    check,
    `octavo must be ${task}, and the user ${user} may not`,
    version === null
      ? `grant create on database ${name} to ${user}`
      : `start once as the owner of the schema octavo, or make ${user} the owner`,
  );
}

function clockFinding({ clockAheadMs }: DatabaseFacts): Finding {
  const difference = Math.abs(clockAheadMs);
  if (difference < NOTABLE_CLOCK_MS) return fine("Clock", `that of the database, within ${difference} ms`);
  return odd(
    "Clock",
    `the database's is ${(difference / 1000).toFixed(1)} s ${clockAheadMs > 0 ? "ahead of" : "behind"} this machine's`,
    "let both be set by a time server: tokens go by the database's clock, logs by this machine's",
  );
}

function connectionsFinding({ connections: { free, most, perInstance } }: DatabaseFacts): Finding {
  const says = `${free} of ${most} are free`;
  if (free >= perInstance) return fine("Connections", `${says}; a gateway takes ${perInstance}`);
  return odd(
    "Connections",
    `${says}, a gateway takes ${perInstance}`,
    "raise max_connections of the server, or end other clients; one that runs already has its own",
  );
}
