import { AsyncLocalStorage } from "node:async_hooks";

interface Inside {
  isOpen: boolean;
  readonly takesFromBudget: boolean;
}

const inside = new AsyncLocalStorage<Inside>();

/** Whether the caller runs within a transaction that is still open. What waits for others (a call through the gateway, a second
 * transaction) must not be done there: it holds a connection for as long as they please. */
export function isInsideTransaction(): boolean {
  return inside.getStore()?.isOpen === true;
}

/** Whether the caller holds a connection of the budget already; waiting for a second one could wait for itself. */
export function holdsConnection(): boolean {
  const store = inside.getStore();
  return store !== undefined && store.isOpen && store.takesFromBudget;
}

export async function insideTransaction<T>(takesFromBudget: boolean, work: () => Promise<T>): Promise<T> {
  const store: Inside = { isOpen: true, takesFromBudget };
  try {
    return await inside.run(store, work);
  } finally {
    store.isOpen = false; // what was started inside and goes on is outside now
  }
}
