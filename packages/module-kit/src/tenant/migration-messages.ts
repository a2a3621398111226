import type { MigrationReport, Preflight } from "@octavo/migrations";

/** What came of a migration, for the job's messages. */
export function messagesOfReport({
  done,
  alreadyDone,
  waiting,
  collisions,
}: MigrationReport): readonly string[] {
  return [
    `${done.length} steps done, ${alreadyDone.length} were done before`,
    ...(waiting.length === 0 ? [] : [`${waiting.length} contracts wait: ${waiting.join(", ")}`]),
    ...collisions.map(
      ({ stepId, rowId, message }) => `step ${stepId}: row ${rowId} was left as it is: ${message}`,
    ),
  ];
}

/** What a migration would do. */
export function messagesOfPreflight(found: Preflight): readonly string[] {
  const { from, to, steps, predictedSeconds, diskNeededBytes, warnings } = found;
  const wanted = steps.filter(({ action }) => action !== "done" && action !== "later");
  const mebibytes = Math.ceil(diskNeededBytes / 1024 ** 2);
  return [
    `${from ?? "nothing"} to ${to}: ${wanted.length} steps, about ${Math.ceil(predictedSeconds)} s, ${mebibytes} MiB of disk; nothing was changed`,
    ...wanted.map(
      ({ id, kind, rows, seconds }) => `${kind} ${id}: ${rows} rows, about ${Math.ceil(seconds)} s`,
    ),
    ...warnings.map(({ message }) => `warning: ${message}`),
  ];
}
