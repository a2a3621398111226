import { setImmediate as nextTurn } from "node:timers/promises";

/** A descriptor of a FOLIO release takes about 0.2 ms to print: between slices other requests are served. */
export const printedAtOnce = 20;

/** Prints values as one pretty list: its objects are indented as if they stood alone. A long list gives way to other work
 * after every `printedAtOnce` of them. */
export async function printList<T>(values: readonly T[], print: (value: T) => string): Promise<string> {
  if (values.length === 0) return "[ ]";
  let text = "[ ";
  for (const [index, value] of values.entries()) {
    if (index > 0 && index % printedAtOnce === 0) await nextTurn();
    text += index === 0 ? print(value) : `, ${print(value)}`;
  }
  return `${text} ]`;
}
