import type { Created } from "@octavo/inventory-storage/testing/library";
import { expect } from "vitest";
import { inventory } from "../inventory.ts";
import { type InventoryOfLibrary, inventoryOfLibrary } from "./inventory-of-library.ts";

/** A library with one instance by Becky Chambers and its holdings record, on which items are put through the inventory. */
export interface ItemShelf {
  readonly library: InventoryOfLibrary;
  readonly instance: Created;
  readonly holding: Created;
  /** What an item must have. */
  readonly needed: Readonly<Record<string, unknown>>;
  created(fields?: object): Promise<Created>;
  read(id: string): Promise<Created>;
  /** For the next test: nothing was called, storage answers for itself, and nobody provides requests. */
  begin(): void;
}

export async function itemShelf(): Promise<ItemShelf> {
  const library = await inventoryOfLibrary(inventory);
  const { storage } = library;
  const kind = await storage.created("/contributor-name-types", { name: "Personal name", ordering: "1" });
  const instance = await storage.instance({
    title: "Long Way to a Small Angry Planet",
    contributors: [{ name: "Chambers, Becky", contributorNameTypeId: kind.id }],
  });
  const holding = await storage.holdings(instance.id, { callNumber: "R1.H1" });
  const first = await storage.item(holding.id);
  const needed = {
    holdingsRecordId: holding.id,
    status: { name: "Available" },
    materialType: { id: first["materialTypeId"] },
    permanentLoanType: { id: first["permanentLoanTypeId"] },
  };
  return {
    library,
    instance,
    holding,
    needed,
    created: async (fields = {}) => {
      const answer = await library.ask("POST /inventory/items", { ...needed, ...fields });
      expect(answer).toMatchObject({ status: 201 });
      return answer.body as Created; // as: it was created
    },
    read: async (id) => (await library.ask(`GET /inventory/items/${id}`)).body as Created, // as: it is there
    begin: () => {
      library.calls.length = 0;
      library.instead.clear();
      library.instead.set("GET /request-storage/requests", nobodyProvides);
    },
  };
}

export const nobodyProvides = { status: 404, body: "No suitable module found for path" };

export function refused(message: string, key?: string, value?: string): object {
  return { errors: [{ message, ...(key !== undefined && { parameters: [{ key, value }] }) }] };
}
