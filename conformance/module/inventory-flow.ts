import { type Flow, flow } from "@octavo/module-testing";

interface Made {
  readonly id: string;
  readonly hrid: string;
}

const [FIRST, SECOND] = ["5f1c0d3e-5b1a-4000-8000-00000000001a", "5f1c0d3e-5b1a-4000-8000-00000000001b"];
const NOBODY = "5f1c0d3e-5b1a-4000-8000-00000000dead";

/** A book gets a home, a copy and a later edition; the copy is lost, found, moved and found by what it is; refusals among it. */
export const inventoryFlow: Flow = flow("a book and its copy", async ({ call }) => {
  const create = async (path: string, body: object) => (await call<Made>("POST", path, { body })).body.id;
  const source = "local";
  const instanceTypeId = await create("/instance-types", { name: "text", code: "txt", source });
  const materialType = { id: await create("/material-types", { name: "book", source }) };
  const permanentLoanType = { id: await create("/loan-types", { name: "Can circulate" }) };
  const institutionId = await create("/location-units/institutions", { name: "University", code: "U" });
  const campusId = await create("/location-units/campuses", { name: "City", code: "C", institutionId });
  const libraryId = await create("/location-units/libraries", { name: "Central", code: "L", campusId });
  const desk = { name: "Desk", code: "desk", discoveryDisplayName: "Desk" };
  const primaryServicePoint = await create("/service-points", desk);
  const where = { institutionId, campusId, libraryId, primaryServicePoint };
  const stacks = { name: "Stacks", code: "S", ...where, servicePointIds: [primaryServicePoint] };
  const permanentLocationId = await create("/locations", stacks);

  await call("POST", "/inventory/instances", {
    body: { source, instanceTypeId, id: FIRST, title: "Walden" },
  });
  const later = { source, instanceTypeId, id: SECOND, title: "Walden, again" };
  await call("POST", "/inventory/instances", {
    body: { ...later, precedingTitles: [{ precedingInstanceId: NOBODY }] },
  }); // refused
  await call("POST", "/inventory/instances", {
    body: { ...later, precedingTitles: [{ precedingInstanceId: FIRST }] },
  });
  const home = { instanceId: FIRST, permanentLocationId, callNumber: "PS3048 .A1" };
  const first = await create("/holdings-storage/holdings", home);
  const second = await create("/holdings-storage/holdings", { ...home, instanceId: SECOND });
  const status = { name: "Available" };
  const copy = { materialType, permanentLoanType, status, holdingsRecordId: first, barcode: "36105" };
  const { body: item } = await call<Made>("POST", "/inventory/items", { body: copy });
  await call("POST", "/inventory/items", { body: copy }); // refused: the barcode is taken
  await call("POST", `/inventory/items/${item.id}/mark-missing`);
  await call("POST", `/inventory/items/${item.id}/mark-missing`); // refused: it is
  await call("PUT", `/inventory/items/${item.id}`, { body: item }); // refused: it has changed meanwhile
  await call("POST", "/inventory/items/move", { body: { toHoldingsRecordId: second, itemIds: [item.id] } });
  await call("GET", "/inventory/items?query=barcode==36105");
  await call("GET", "/inventory/instances?query=title=Walden sortby title");
  await call("GET", `/inventory/items-by-holdings-id?query=holdingsRecordId==${second}`);
  await call("DELETE", `/inventory/items/${item.id}`);
  await call("GET", `/inventory/items/${item.id}`);
});
