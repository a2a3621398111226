/** Kafka's own names of what may be wrong with making a topic when the topic is there, or is for somebody else to make. */
const NOT_OURS_TO_MAKE = new Set([
  "TOPIC_ALREADY_EXISTS",
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
]);

/** The library's own sentence says only that something has failed, three times; what lies below says why. */
export function reasonOf(error: unknown): string {
  return [...new Set(leavesOf(error).map(sentenceOf))].join("; ");
}

/** Whether a topic that could not be made need not be made. */
export function needsNoTopic(error: unknown): boolean {
  return leavesOf(error).some(
    (leaf) => leaf instanceof Error && "apiId" in leaf && NOT_OURS_TO_MAKE.has(String(leaf.apiId)),
  );
}

function leavesOf(error: unknown): readonly unknown[] {
  return error instanceof AggregateError && error.errors.length > 0
    ? error.errors.flatMap(leavesOf)
    : [error];
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${sentenceOf(error.cause)}` : error.message;
}
