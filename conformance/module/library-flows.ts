import { type Flow, flow } from "@octavo/module-testing";
import { inventoryFlow } from "./inventory-flow.ts";

/** What a library does with its inventory, refusals among it. Records bring their own human readable ids: a request that was cut off leaves a gap in those
 * that are drawn. */

interface Made {
  readonly id: string;
}
type Fields = Readonly<Record<string, unknown>> & Made;
interface Items {
  readonly items: readonly Fields[];
}
interface Walk {
  readonly jobStatus: string;
}

const query = (path: string, cql: string): string => `${path}?query=${encodeURIComponent(cql)}`;
/** A row of a batch, with an id that is the client's. */
const rowId = (number: number): string => `5f1c0d3e-5b1a-4000-8000-0000000001${number}0`;

const shelve = flow("a library is set up, and books are shelved, moved, found and counted", async (steps) => {
  const { call } = steps;
  const made = async (path: string, record: object): Promise<string> =>
    (await call<Made>("POST", path, { body: record, repeats: path === "/item-storage/items" })).body.id;

  const instanceTypeId = await made("/instance-types", { name: "text", code: "txt", source: "local" });
  const materialTypeId = await made("/material-types", { name: "book", source: "local" });
  const permanentLoanTypeId = await made("/loan-types", { name: "Can circulate" });
  await call("POST", "/loan-types", { body: { name: "Can circulate" } }); // refused: it is there
  const institutionId = await made("/location-units/institutions", { name: "University", code: "U" });
  const campusId = await made("/location-units/campuses", { name: "City", code: "C", institutionId });
  const libraryId = await made("/location-units/libraries", { name: "Central", code: "L", campusId });
  const desk = await made("/service-points", { name: "Desk", code: "d", discoveryDisplayName: "Desk" });
  const unit = { institutionId, campusId, libraryId, primaryServicePoint: desk, servicePointIds: [desk] };
  const main = await made("/locations", { name: "Main", code: "main", ...unit });
  const annex = await made("/locations", { name: "Annex", code: "annex", ...unit });
  await call("DELETE", `/location-units/campuses/${campusId}`); // refused: a library is on it

  const book = { source: "local", instanceTypeId };
  const poems = await made("/instance-storage/instances", {
    ...book,
    hrid: "poems",
    title: "Poems of the sea",
  });
  const maps = await made("/instance-storage/instances", { ...book, hrid: "maps", title: "Maps of the sea" });
  const { body: shelf } = await call<Fields>("POST", "/holdings-storage/holdings", {
    body: { hrid: "shelf", instanceId: poems, permanentLocationId: main, callNumber: "PN2 .A6" },
  });
  const other = await made("/holdings-storage/holdings", {
    hrid: "other",
    instanceId: maps,
    permanentLocationId: annex,
  });
  const copy = { materialTypeId, permanentLoanTypeId, status: { name: "Available" } };
  const first = await made("/item-storage/items", {
    ...copy,
    hrid: "first",
    holdingsRecordId: shelf.id,
    barcode: "1",
  });
  await call("POST", "/item-storage/items", {
    body: { ...copy, hrid: "again", holdingsRecordId: other, barcode: "1" }, // refused: the barcode is there
  });

  const rows = [1, 2, 3].map((number) => ({
    ...copy,
    id: rowId(number),
    hrid: `row ${number}`,
    holdingsRecordId: shelf.id,
    barcode: `b${number}`,
  }));
  const bad = rows.map((row, at) => (at === 1 ? { ...row, materialTypeId: rowId(9) } : row));
  const batch = "/item-storage/batch/synchronous";
  await call("POST", batch, { body: { items: bad } }); // refused, all of it
  await call("GET", query("/item-storage/items", `holdingsRecordId==${shelf.id} sortby barcode`));
  await call("POST", batch, { body: { items: rows }, repeats: true });

  const moved = { ...shelf, temporaryLocationId: annex, callNumber: "X 1" };
  await call("PUT", `/holdings-storage/holdings/${shelf.id}`, { body: moved });
  await call("PUT", `/holdings-storage/holdings/${shelf.id}`, { body: moved }); // refused: somebody has changed it
  const { body: found } = await call<Items>("GET", query("/item-storage/items", "barcode==1"));
  await call("PUT", `/item-storage/items/${first}`, {
    body: { ...found.items[0], holdingsRecordId: other },
  });
  await call("GET", `/item-storage/items/${first}`);
  await call("GET", query("/instance-storage/instances", "item.barcode==b2")); // from the book to its copies, and back
  await call("GET", query("/item-storage/items", 'instance.title=="Poems of the sea" sortby barcode'));
  await call("GET", query("/instance-storage/instances", 'title=="*sea" sortby title'));
  await call("GET", query("/inventory-view/instances", `id==${poems}`));
  await call("DELETE", `/instance-storage/instances/${poems}`); // refused: it has holdings
  await call("DELETE", query("/item-storage/items", `holdingsRecordId==${shelf.id}`));
  await call("DELETE", `/holdings-storage/holdings/${shelf.id}`);
  await call("DELETE", `/instance-storage/instances/${poems}`);

  const walks = "/instance-storage/instances/iteration";
  const { body: walk } = await call<Made>("POST", walks, { body: { topicName: "inventory.walk" } });
  await steps.until<Walk>(`${walks}/${walk.id}`, ({ body }) => body.jobStatus === "Completed");
});

export const flowsOfLibraries: readonly Flow[] = [shelve, inventoryFlow];
