import { type ModuleAnswer, moduleOfTenant, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { inventoryStorage } from "../inventory-storage.ts";

/** A tenant's library with two locations, and what records need besides. Records of tests are made through the API. */
export interface Library extends ModuleOfTenant {
  readonly main: string;
  readonly annex: string;
  /** Creates through a POST. @throws Error with the answer where it is not 201 */
  created(path: string, record: object): Promise<Created>;
  instance(fields?: object): Promise<Created>;
  holdings(instanceId: string, fields?: object): Promise<Created>;
  item(holdingsRecordId: string, fields?: object): Promise<Created>;
  get(path: string): Promise<Created>;
}

/** A record as it was answered; fields are read by tests. */
export type Created = Readonly<Record<string, unknown>> & { readonly id: string };

export async function library(
  env: Readonly<Record<string, string>> = {},
  parameters: Readonly<Record<string, string>> = {},
): Promise<Library> {
  const running = await moduleOfTenant(inventoryStorage, parameters, env);
  const created = async (path: string, record: object): Promise<Created> =>
    (await expected(201, `POST ${path}`, running.ask(`POST ${path}`, record))) as Created;
  const idOf = async (path: string, record: object): Promise<string> => (await created(path, record)).id;

  const institutionId = await idOf("/location-units/institutions", { name: "University", code: "U" });
  const campusId = await idOf("/location-units/campuses", { name: "City", code: "C", institutionId });
  const libraryId = await idOf("/location-units/libraries", { name: "Central", code: "L", campusId });
  const servicePoint = await idOf("/service-points", {
    name: "Desk",
    code: "desk",
    discoveryDisplayName: "Desk",
  });
  const location = (name: string): Promise<string> =>
    idOf("/locations", {
      name,
      code: name,
      institutionId,
      campusId,
      libraryId,
      primaryServicePoint: servicePoint,
      servicePointIds: [servicePoint],
    });
  const [main, annex] = [await location("Main"), await location("Annex")];
  const instanceTypeId = await idOf("/instance-types", { name: "text", code: "txt", source: "rdacontent" });
  const materialTypeId = await idOf("/material-types", { name: "book", source: "folio" });
  const permanentLoanTypeId = await idOf("/loan-types", { name: "Can circulate" });
  return {
    ...running,
    main,
    annex,
    created,
    instance: (fields = {}) =>
      created("/instance-storage/instances", { title: "A title", source: "TEST", instanceTypeId, ...fields }),
    holdings: (instanceId, fields = {}) =>
      created("/holdings-storage/holdings", { instanceId, permanentLocationId: main, ...fields }),
    item: (holdingsRecordId, fields = {}) =>
      created("/item-storage/items", {
        holdingsRecordId,
        materialTypeId,
        permanentLoanTypeId,
        status: { name: "Available" },
        ...fields,
      }),
    get: async (path) => (await expected(200, `GET ${path}`, running.ask(`GET ${path}`))) as Created,
  };
}

async function expected(status: number, request: string, asked: Promise<ModuleAnswer>): Promise<unknown> {
  const answer = await asked;
  if (answer.status === status) return answer.body;
  throw new Error(`${request} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
