import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ItemShelf, itemShelf, refused } from "../testing/item-shelf.ts";
import { itemStatuses, markings } from "./item-status.ts";

// Cases from mod-inventory's MarkItem...ApiTests.

let shelf: ItemShelf;
beforeAll(async () => {
  shelf = await itemShelf();
}, 60_000);
afterAll(() => shelf.library.close());
beforeEach(() => shelf.begin());

describe("marking", () => {
  const far = [
    "Aged to lost",
    "Checked out",
    "Claimed returned",
    "Declared lost",
    "On order",
    "Order closed",
  ];
  /** What mod-inventory lets nobody mark so; from every other state it goes. */
  const refusedFrom: Readonly<Record<string, readonly string[]>> = {
    "mark-withdrawn": [...far, "Withdrawn"],
    "mark-in-process": ["In process"],
    "mark-in-process-non-requestable": ["In process", "In process (non-requestable)"],
    "mark-intellectual-item": ["In process", "Intellectual item"],
    "mark-long-missing": ["In process", "Long missing"],
    "mark-missing": [...far, "Lost and paid", "Missing"],
    "mark-restricted": ["In process", "Restricted"],
    "mark-unavailable": ["In process", "Unavailable"],
    "mark-unknown": ["In process", "Unknown"],
  };

  it.each(markings)("$name: from the states that it is done from", ({ name, from }) => {
    const refusing = [...itemStatuses].filter((status) => !from.has(status));
    expect(refusing.toSorted()).toEqual(refusedFrom[name]?.toSorted());
  });

  const cases = markings.flatMap(({ name, target, from }) => [
    ...(refusedFrom[name] ?? []).map((status) => ({ name, target, status, isAllowed: false })),
    ...[...from].slice(0, 2).map((status) => ({ name, target, status, isAllowed: true })),
  ]);
  it.each(cases)("$name: $status, $isAllowed", async ({ name, target, status, isAllowed }) => {
    const { id } = await shelf.library.storage.item(shelf.holding.id, { status: { name: status } });
    const answer = await shelf.library.ask(`POST /inventory/items/${id}/${name}`);
    const marked = { name: target, date: expect.any(String) as string };
    expect(answer).toMatchObject(
      isAllowed
        ? { status: 200, body: { id, status: marked, title: shelf.instance["title"] } }
        : {
            status: 422,
            body: refused(`Item is not allowed to be marked as ${target}`, "status.name", status),
          },
    );
    const stored = await shelf.library.storage.get(`/item-storage/items/${id}`);
    expect(stored["status"]).toMatchObject({ name: isAllowed ? target : status });
  });

  const hour = 3_600_000;
  it.each([
    ["a request that is on its way", 1, "Open - Not yet filled"],
    ["a request whose time on the shelf is over", -1, null],
    ["a request without an end", null, "Open - Not yet filled"],
  ])("%s", async (_what, hours, status) => {
    const { id } = await shelf.created({ status: { name: "Awaiting pickup" } });
    const request = {
      id: crypto.randomUUID(),
      itemId: id,
      status: "Open - Awaiting pickup",
      requestType: "Hold",
      ...(hours !== null && { holdShelfExpirationDate: new Date(Date.now() + hours * hour).toISOString() }),
    };
    shelf.library.instead.set("GET /request-storage/requests", {
      status: 200,
      body: { requests: [request] },
    });
    shelf.library.instead.set(`PUT /request-storage/requests/${request.id}`, { status: 204, body: null });
    expect(await shelf.library.ask(`POST /inventory/items/${id}/mark-withdrawn`)).toMatchObject({
      status: 200,
    });
    const put = `PUT /request-storage/requests/${request.id}`;
    expect(shelf.library.calls.includes(put)).toBe(status !== null);
  });

  it("is done once where many do it at the same time", async () => {
    const { id } = await shelf.created();
    const mark = () => shelf.library.ask(`POST /inventory/items/${id}/mark-missing`);
    const statuses = (await Promise.all(Array.from({ length: 5 }, mark))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    // Too late by a version, or by the state.
    expect(statuses.every((status) => [200, 409, 422].includes(status))).toBe(true);
    expect(await shelf.read(id)).toMatchObject({ status: { name: "Missing" }, _version: 2 });
  });

  it("is not done where requests cannot be asked", async () => {
    const { id } = await shelf.created({ status: { name: "Awaiting pickup" } });
    shelf.library.instead.set("GET /request-storage/requests", { status: 500, body: "down" });
    expect(await shelf.library.ask(`POST /inventory/items/${id}/mark-missing`)).toMatchObject({
      status: 503,
    });
    expect(await shelf.read(id)).toMatchObject({ status: { name: "Awaiting pickup" } });
  });
});
