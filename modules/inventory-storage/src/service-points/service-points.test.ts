import { randomUUID } from "node:crypto";
import { moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inventoryStorage } from "../inventory-storage.ts";

/** Facts of ServicePointTest and ServicePointsUserTest of mod-inventory-storage 27.1.5. */

let running: ModuleOfTenant;
beforeAll(async () => {
  running = await moduleOfTenant(inventoryStorage, {});
});
afterAll(() => running.close());

const ask = (request: string, body?: unknown) => running.ask(request, body);
const saying = (message: string) => ({ errors: [{ message: expect.stringContaining(message) as string }] });
const days = { duration: 2, intervalId: "Days" };
const pickup = { pickupLocation: true, holdShelfExpiryPeriod: days };
const points = "/service-points";
type Row = Readonly<Record<string, unknown>> & { readonly id: string };

const desk = (fields: object = {}): object => ({
  name: `Desk ${randomUUID()}`,
  code: randomUUID(),
  discoveryDisplayName: "Circulation Desk -- Hallway",
  shelvingLagTime: 20,
  ...fields,
});

async function created(path: string, row: object): Promise<Row> {
  const answer = await ask(`POST ${path}`, row);
  expect([path, answer.status, answer.body]).toEqual([path, 201, expect.anything()]);
  return answer.body as Row;
}

const NO_PERIOD = "Hold shelf expiry period must be specified when service point can be used for pickup.";
const NO_PICKUP = "Hold shelf expiry period cannot be specified when service point cannot be used for pickup";

/** Whether readers pick things up there, and for how long things are kept; what is said of it, null when it is taken. */
const periods: readonly (readonly [what: string, fields: object, refusal: string | null])[] = [
  ["nothing of both", {}, null],
  ["no pickup, no period", { pickupLocation: false }, null],
  ["pickup with a period", pickup, null],
  ["a period in minutes", { ...pickup, holdShelfExpiryPeriod: { duration: 3, intervalId: "Minutes" } }, null],
  ["a period in weeks", { ...pickup, holdShelfExpiryPeriod: { duration: 5, intervalId: "Weeks" } }, null],
  ["pickup without a period", { pickupLocation: true }, NO_PERIOD],
  ["a period and nothing of pickup", { holdShelfExpiryPeriod: days }, NO_PICKUP],
  ["a period and no pickup", { pickupLocation: false, holdShelfExpiryPeriod: days }, NO_PICKUP],
  ["a period without its unit", { ...pickup, holdShelfExpiryPeriod: { duration: 2 } }, "intervalId"],
  ["a period without a duration", { ...pickup, holdShelfExpiryPeriod: { intervalId: "Days" } }, "duration"],
  [
    "a unit that is none",
    { ...pickup, holdShelfExpiryPeriod: { ...days, intervalId: "Years" } },
    "intervalId",
  ],
];

describe("service points", () => {
  describe.each(periods)("with %s", (_what, fields, refusal) => {
    it("as new ones", async () => {
      const answer = await ask(`POST ${points}`, desk(fields));
      expect(answer).toMatchObject(
        refusal === null ? { status: 201, body: fields } : { status: 422, body: saying(refusal) },
      );
    });

    it.each([
      ["one that was for pickup", pickup],
      ["one that was not", {}],
    ])("in the place of %s", async (_was, before) => {
      const row = await created(points, desk(before));
      const answer = await ask(`PUT ${points}/${row.id}`, desk({ id: row.id, ...fields }));
      expect(answer).toMatchObject(
        refusal === null ? { status: 204 } : { status: 422, body: saying(refusal) },
      );
      const now = (await ask(`GET ${points}/${row.id}`)).body as Row;
      expect(now["holdShelfExpiryPeriod"]).toEqual(
        Reflect.get(refusal === null ? fields : row, "holdShelfExpiryPeriod"),
      );
    });
  });

  it.each([
    ["without a name", { name: undefined }, "name must not be null"],
    ["without a code", { code: undefined }, "code must not be null"],
    ["without a name to show", { discoveryDisplayName: undefined }, "discoveryDisplayName must not be null"],
    ["with what nobody knows", { colour: "red" }, "colour"],
    ["with a slip that says nothing of printing", { staffSlips: [{ id: randomUUID() }] }, "printByDefault"],
    ["with a slip that has no id", { staffSlips: [{ printByDefault: true }] }, "id"],
    ["with a rule that is none", { holdShelfClosedLibraryDateManagement: "Never" }, "DateManagement"],
  ])("%s are refused", async (_how, fields, message) => {
    expect(await ask(`POST ${points}`, desk(fields))).toMatchObject({ status: 422, body: saying(message) });
  });

  it.each(["id", "name", "code"])("with the %s of another one are refused", async (field) => {
    const row = await created(points, desk());
    expect(await ask(`POST ${points}`, desk({ [field]: row[field] }))).toMatchObject({
      status: 422,
      body: saying(`${field} value already exists in table service_point`),
    });
  });

  it("keep the due date when they are closed, unless told", async () => {
    const date = "holdShelfClosedLibraryDateManagement";
    expect(await created(points, desk())).toMatchObject({ [date]: "Keep_the_current_due_date" });
    const other = { [date]: "Move_to_the_end_of_the_next_open_day" };
    expect(await created(points, desk(other))).toMatchObject(other);
  });

  it("print slips or do not, in the order that was given", async () => {
    const staffSlips = [true, false].map((printByDefault) => ({ id: randomUUID(), printByDefault }));
    const { id } = await created(points, desk({ staffSlips }));
    expect((await ask(`GET ${points}/${id}`)).body).toMatchObject({ staffSlips });
    const others = staffSlips.map((slip) => ({ ...slip, printByDefault: !slip.printByDefault }));
    expect((await ask(`PUT ${points}/${id}`, desk({ staffSlips: others }))).status).toBe(204);
    expect((await ask(`GET ${points}/${id}`)).body).toMatchObject({ staffSlips: others });
  });

  it.each([
    ["code==", "code"],
    ["name==", "name"],
    ["id==", "id"],
  ])("are found by %s", async (relation, field) => {
    const row = await created(points, desk());
    const query = encodeURIComponent(`${relation}"${String(row[field])}"`);
    expect((await ask(`GET ${points}?query=${query}`)).body).toEqual({
      servicepoints: [row],
      totalRecords: 1,
    });
  });

  it.each([true, false])("are found by whether things are picked up there: %s", async (isPickup) => {
    const [one, other] = [
      await created(points, desk(pickup)),
      await created(points, desk({ pickupLocation: false })),
    ];
    const ids = `${one.id} or ${other.id}`;
    const query = encodeURIComponent(`id==(${ids}) and pickupLocation==${String(isPickup)}`);
    expect((await ask(`GET ${points}?query=${query}`)).body).toMatchObject({
      servicepoints: [{ id: (isPickup ? one : other).id }],
      totalRecords: 1,
    });
  });

  it("that are not there are not given, replaced or deleted", async () => {
    const id = randomUUID();
    for (const method of ["GET", "DELETE"]) expect((await ask(`${method} ${points}/${id}`)).status).toBe(404);
    expect((await ask(`PUT ${points}/${id}`, desk({ id }))).status).toBe(404);
  });

  it("that are deleted are gone", async () => {
    const { id } = await created(points, desk());
    expect((await ask(`DELETE ${points}/${id}`)).status).toBe(204);
    expect((await ask(`GET ${points}/${id}`)).status).toBe(404);
  });
});

describe("users of service points", () => {
  const users = "/service-points-users";

  it("work nowhere, or somewhere, or somewhere unless they say", async () => {
    const { id } = await created(points, desk());
    for (const fields of [
      {},
      { servicePointsIds: [id] },
      { servicePointsIds: [id], defaultServicePointId: id },
    ]) {
      const row = await created(users, { userId: randomUUID(), ...fields });
      expect((await ask(`GET ${users}/${row.id}`)).body).toEqual(row);
    }
  });

  it.each([
    ["nobody", {}, "userId must not be null"],
    [
      "a default that is not there",
      { userId: randomUUID(), defaultServicePointId: randomUUID() },
      "does not exist",
    ],
    ["what nobody knows", { userId: randomUUID(), colour: "red" }, "colour"],
  ])("with %s are refused", async (_how, row, message) => {
    expect(await ask(`POST ${users}`, row)).toMatchObject({ status: 422, body: saying(message) });
  });

  it("are there once for each user", async () => {
    const { userId } = await created(users, { userId: randomUUID() });
    expect(await ask(`POST ${users}`, { userId })).toMatchObject({
      status: 422,
      body: saying("userId value already exists in table service_point_user"),
    });
  });

  it.each(["userId==", "servicePointsIds=", "servicePointsIds=="])("are found by %s", async (relation) => {
    const [point, userId] = [randomUUID(), randomUUID()];
    const row = await created(users, { userId, servicePointsIds: [randomUUID(), point] });
    await created(users, { userId: randomUUID(), servicePointsIds: [randomUUID()] });
    const wanted = relation === "userId==" ? userId : point;
    const answer = await ask(`GET ${users}?query=${encodeURIComponent(`${relation}"${wanted}"`)}`);
    expect(answer.body).toEqual({ servicePointsUsers: [row], totalRecords: 1 });
  });

  it("are changed and deleted", async () => {
    const { id } = await created(users, { userId: randomUUID() });
    const userId = randomUUID();
    expect((await ask(`PUT ${users}/${id}`, { id, userId })).status).toBe(204);
    expect((await ask(`GET ${users}/${id}`)).body).toMatchObject({ id, userId });
    expect((await ask(`DELETE ${users}/${id}`)).status).toBe(204);
    expect((await ask(`GET ${users}/${id}`)).status).toBe(404);
  });

  it("keep the service point that is their default", async () => {
    const { id } = await created(points, desk());
    await created(users, { userId: randomUUID(), defaultServicePointId: id });
    expect(await ask(`DELETE ${points}/${id}`)).toMatchObject({
      status: 400,
      body: saying("still referenced from table service_point_user"),
    });
  });
});
