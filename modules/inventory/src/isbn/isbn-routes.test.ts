import {
  defineInterface,
  defineModule,
  type ModuleHost,
  parseHostConfig,
  startModules,
} from "@octavo/module-kit";
import { askAt, type ModuleOfTenant } from "@octavo/testing/module-of-tenant";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configRoutes } from "../config/config-routes.ts";
import { isbnRoutes } from "./isbn-routes.ts";

// Cases from mod-inventory's IsbnUtilsApiExamples and InventoryConfigApiTest: routes that ask nobody.

const alone = defineModule({
  name: "octavo-alone",
  version: "1.0.0",
  title: "Routes that ask nobody",
  interfaces: [
    defineInterface("isbn-utils", "2.0", isbnRoutes),
    defineInterface("inventory-config", "0.2", configRoutes),
  ],
});
let host: ModuleHost;
let ask: ModuleOfTenant["ask"];

beforeAll(async () => {
  const config = parseHostConfig({ OCTAVO_TRUST: "network", OCTAVO_CHECK_ANSWERS: "on" }, () => "");
  if (!config.ok) throw new Error(config.error.join("; "));
  host = await startModules([alone], config.value, { write: () => undefined });
  ask = askAt(host.modules[0]?.url ?? "");
});
afterAll(() => host.drain());

describe("validator", () => {
  it.each([
    ["isbn13=9781930110991", true],
    ["isbn13=9781930a10991", false],
    ["isbn13=1930110995", false],
    ["isbn10=1-930110-99-5", true],
    ["isbn10=0318Y40648", false],
    ["isbn10=9781930110991", false],
    ["isbn=9781930110991", true],
    ["isbn=1-930110-99-5", true],
    ["isbn=1-930110-99--5", false],
    ["isbn=", false],
  ])("%s: %s", async (query, isValid) => {
    expect(await ask(`GET /isbn/validator?${query}`)).toMatchObject({ status: 200, body: { isValid } });
  });

  it.each(["", "isbn10=109310410&isbn13=07417041", "isbn=1930110995&isbn10=1930110995"])(
    "is asked one thing: %s",
    async (query) => {
      const message = "Only one of following query params must be specified: isbn, isbn10, isbn13";
      expect(await ask(`GET /isbn/validator?${query}`)).toMatchObject({
        status: 400,
        body: { errors: [{ message }] },
      });
    },
  );
});

describe("converter", () => {
  it.each([
    ["convertTo10?isbn=9781930110991", "1930110995"],
    ["convertTo10?isbn=9781930110991&hyphens=true", "1-930110-99-5"],
    ["convertTo10?isbn=9781930110991&hyphens=false", "1930110995"],
    ["convertTo10?isbn=9999999999&hyphens=true", "999999999-9"],
    ["convertTo10?isbn=1-930110-99-5", "1-930110-99-5"],
    ["convertTo13?isbn=1930110995", "9781930110991"],
    ["convertTo13?isbn=1930110995&hyphens=true", "978-1-930110-99-1"],
    ["convertTo13?isbn=1930110995&hyphens=TRUE", "978-1-930110-99-1"],
    ["convertTo13?isbn=9781930110991&hyphens=true", "978-1-930110-99-1"],
    ["convertTo13?isbn=020163385X", "9780201633856"],
    ["convertTo13?isbn=9791090636071&hyphens=true", "979-10-90636-07-1"],
  ])("%s: %s", async (request, isbn) => {
    expect(await ask(`GET /isbn/${request}`)).toMatchObject({ status: 200, body: { isbn } });
  });

  it.each([
    ["convertTo13?isbn=9781930110991&hyphens=123", "Hyphens must be true or false"],
    ["convertTo13?isbn=1930211099&hyphens=true", "ISBN value 1930211099 is invalid"],
    ["convertTo10?isbn=97819301109911&hyphens=true", "ISBN value 97819301109911 is invalid"],
    ["convertTo10?isbn=9791090636071", "ISBN value 9791090636071 is invalid"],
    ["convertTo10", "Isbn must be specified"],
    ["convertTo13?hyphens=true", "Isbn must be specified"],
  ])("%s: 400, %s", async (request, message) => {
    expect(await ask(`GET /isbn/${request}`)).toMatchObject({ status: 400, body: { errors: [{ message }] } });
  });
});

it.each([
  ["instances", 23, ["hrid", "source", "title", "contributors", "precedingTitles", "succeedingTitles"]],
  ["holdings", 14, ["callNumber", "permanentLocationId", "holdingsTypeId", "electronicAccess", "notes"]],
])("%s: %i fields are blocked", async (records, length, some) => {
  const { status, body } = await ask(`GET /inventory/config/${records}/blocked-fields`);
  const { blockedFields } = body as { blockedFields: readonly string[] }; // as: the answer is checked by its schema
  expect({ status, length: blockedFields.length }).toEqual({ status: 200, length });
  expect(blockedFields).toEqual(expect.arrayContaining(some));
});
