const lost = ["Aged to lost", "Checked out", "Claimed returned", "Declared lost"];
const away = ["On order", "Order closed"];
const atHand = [
  "Available",
  "Awaiting delivery",
  "Awaiting pickup",
  "In process (non-requestable)",
  "In transit",
  "Intellectual item",
  "Long missing",
  "Missing",
  "Paged",
  "Restricted",
  "Unavailable",
  "Unknown",
];
const [paid, processed, withdrawn] = ["Lost and paid", "In process", "Withdrawn"];

/** Every state that an item may be in. */
export const itemStatuses: ReadonlySet<string> = new Set([
  ...lost,
  ...away,
  ...atHand,
  paid,
  processed,
  withdrawn,
]);

export interface Marking {
  /** Of the route and its permission: "mark-missing". */
  readonly name: string;
  readonly target: string;
  /** States out of which an item may be marked so. */
  readonly from: ReadonlySet<string>;
}

const almostAny = [...lost, ...away, ...atHand, paid, withdrawn];

/** Which states lead to which, as mod-inventory's tests have it: nothing leads from a state to itself, and "In process" ends by checking in, being
 * withdrawn or going missing. */
export const markings: readonly Marking[] = [
  marking("mark-withdrawn", "Withdrawn", [...atHand, paid, processed]),
  marking("mark-in-process", "In process", almostAny),
  marking("mark-in-process-non-requestable", "In process (non-requestable)", almostAny),
  marking("mark-intellectual-item", "Intellectual item", almostAny),
  marking("mark-long-missing", "Long missing", almostAny),
  marking("mark-missing", "Missing", [...atHand, processed, withdrawn]),
  marking("mark-restricted", "Restricted", almostAny),
  marking("mark-unavailable", "Unavailable", almostAny),
  marking("mark-unknown", "Unknown", almostAny),
];

function marking(name: string, target: string, from: readonly string[]): Marking {
  return { name, target, from: new Set(from.filter((status) => status !== target)) };
}
