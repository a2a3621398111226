import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePlacement } from "./parse-placement.ts";
import { type Placement, placeOf } from "./placement.ts";
import { homeSchemaName, schemaName } from "./schema-name.ts";

const MAIN = "postgres://octavo@main/octavo";
const URL_OF_BIG = "postgres://octavo:secret@big-1,big-2:5433/octavo";

function placement(json: unknown): Placement {
  const parsed = parsePlacement(JSON.stringify(json), MAIN);
  if (!parsed.ok) throw new Error(parsed.error.join("; "));
  return parsed.value.placement;
}

describe("the place of a tenant's data in a module", () => {
  const rules = placement({
    clusters: { big: { url: URL_OF_BIG } },
    default: { database: "folio" },
    modules: { "octavo-marc": { database: "marc_{tenant}" }, "octavo-logs": { database: "logs" } },
    tenants: { uni: { cluster: "big", database: "uni_{module}" } },
    pairs: [{ tenant: "uni", module: "octavo-logs", database: "uni_logs" }],
  });
  it.each([
    ["where nothing else is said", "diku", "octavo-tags", "main/folio/diku_octavo_tags"],
    ["by its module", "diku", "octavo-marc", "main/marc_diku/diku_octavo_marc"],
    ["by its tenant", "uni", "octavo-tags", "big/uni_octavo_tags/uni_octavo_tags"],
    ["by its module before its tenant", "uni", "octavo-marc", "main/marc_uni/uni_octavo_marc"],
    ["by both before all", "uni", "octavo-logs", "main/uni_logs/uni_octavo_logs"],
  ])("is found %s", (_rule, tenant, module, expected) => {
    const { cluster, database, schema } = placeOf(rules, tenant, module, false);
    expect(`${cluster}/${database}/${schema}`).toBe(expected);
  });

  it.each([
    ["that no rule gives", "diku", "octavo-tags", "diku_octavo_tags"],
    ["also where a rule would share one", "diku", "octavo-logs", "diku_octavo_logs"],
    ["named by its own rule", "diku", "octavo-marc", "marc_diku"],
    ["named by its tenant's rule", "uni", "octavo-tags", "uni_octavo_tags"],
    ["named by a rule for both", "uni", "octavo-logs", "uni_logs"],
  ])("has a database of its own where the module demands it, %s", (_case, tenant, module, database) => {
    expect(placeOf(rules, tenant, module, true).database).toBe(database);
  });

  it("keeps two tenants apart that differ by a hyphen only, in databases too", () => {
    const names = ["a-b", "a_b", "ab"].map((tenant) => placeOf(rules, tenant, "octavo-marc", true).database);
    expect(new Set(names).size).toBe(3);
  });

  it("is in the database of its cluster's URL where a rule names only the cluster", () => {
    const other = placement({
      clusters: { big: { url: URL_OF_BIG.replace(/octavo$/u, "own") } },
      default: { cluster: "big" },
    });
    expect(placeOf(other, "diku", "octavo-tags", false)).toMatchObject({ cluster: "big", database: "own" });
  });

  it("is that of any tenant for one that is called as an object's property", () => {
    expect(placeOf(rules, "constructor", "octavo-tags", false).database).toBe("folio");
  });

  it("is in the database of the URL where there is no placement", () => {
    expect(placeOf(placement({}), "diku", "octavo-tags", false)).toEqual({
      cluster: "main",
      database: "octavo",
      schema: "diku_octavo_tags",
    });
  });
});

describe("names of schemas", () => {
  const tenant = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,11}$/u);
  const module = fc.stringMatching(/^[a-z][a-z0-9]{0,4}(-[a-z0-9]{1,4}){0,2}$/u);

  it("are the same for no two pairs", () => {
    fc.assert(
      fc.property(tenant, module, tenant, module, (t1, m1, t2, m2) => {
        fc.pre(t1 !== t2 || m1 !== m2);
        expect(schemaName(t1, m1)).not.toBe(schemaName(t2, m2));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ["a_b", "c", "a", "b-c"],
    ["a-b", "c", "a_b", "c"],
    ["a_b_c", "d", "a_b", "c-d"],
  ])("%s in %s is not %s in %s", (t1, m1, t2, m2) => {
    expect(schemaName(t1, m1)).not.toBe(schemaName(t2, m2));
  });

  it("need no quotes, and leave room for the owner's", () => {
    fc.assert(fc.property(tenant, module, (t, m) => /^[a-z0-9_]{1,57}$/u.test(schemaName(t, m))));
    expect(homeSchemaName("octavo-tags")).toBe("octavo_tags");
  });

  it.each(["", "Diku", "a b", 'a"b', "a;drop", "ä", "../x", "-a", "a\u0000", "x".repeat(64)])(
    "refuse %j as a tenant",
    (tenantId) => {
      expect(() => schemaName(tenantId, "octavo-tags")).toThrow("cannot be a tenant");
    },
  );
  it.each(["", "Tags", "octavo_tags", "octavo--tags", "-tags", "tags-", "1tags", 'x"'])(
    "refuse %j as a module",
    (module) => {
      expect(() => schemaName("diku", module)).toThrow("cannot be a module's name");
    },
  );
  it("refuse what is too long, and say what to do", () => {
    expect(() => schemaName("t".repeat(50), "octavo-tags")).toThrow(
      "has 62 bytes, a schema may have 57: give the tenant a shorter id",
    );
  });
});

describe("a placement", () => {
  it("names its clusters, with one host or several", () => {
    const parsed = parsePlacement(
      JSON.stringify({ clusters: { big: { url: URL_OF_BIG, adminUrl: URL_OF_BIG } } }),
      MAIN,
    );
    expect(parsed).toMatchObject({
      ok: true,
      value: { clusters: { big: { url: URL_OF_BIG, adminUrl: URL_OF_BIG } } },
    });
  });

  it.each([
    ["{", "the placement is no JSON"],
    ["[]", "the placement must be an object"],
    [
      '{"defaults": {}}',
      "the placement.defaults is not known: use clusters, default, modules, tenants, pairs",
    ],
    ['{"default": {"database": "Folio"}}', 'default.database "Folio" cannot be a database'],
    ['{"default": {"database": "a;b"}}', 'default.database "a;b" cannot be a database'],
    ['{"default": {"database": "{tenant}_{tenant}"}}', "default.database"],
    ['{"default": {"database": 7}}', "default.database 7 cannot be a database"],
    ['{"tenants": {"uni": {"cluster": "big"}}}', 'tenants.uni.cluster "big" is none of the clusters'],
    [
      '{"tenants": {"uni": {"cluster": "constructor"}}}',
      'tenants.uni.cluster "constructor" is none of the clusters',
    ],
    ['{"modules": []}', "modules must be an object"],
    ['{"pairs": {}}', "pairs must be an array"],
    ['{"pairs": [{"tenant": "uni", "database": "x"}]}', "pairs[0].module is missing"],
    ['{"clusters": {"main": {"url": "postgres://u@h/d"}}}', "clusters.main is that of OCTAVO_DB_URL"],
    ['{"clusters": {"big": {"url": "http://u:geheim@h/d"}}}', "clusters.big.url must be postgres://"],
    ['{"clusters": {"big": {"url": "postgres://h/d"}}}', "clusters.big.url names no user"],
    ['{"clusters": {"big": {"url": "postgres://u@h"}}}', "clusters.big.url names no database"],
  ])("is refused with its place: %s", (text, mistake) => {
    const parsed = parsePlacement(text, MAIN);
    const said = parsed.ok ? "" : parsed.error.join("\n");
    expect(said).toContain(mistake);
    expect(said).not.toContain("geheim");
  });

  it("says all mistakes together", () => {
    const parsed = parsePlacement('{"default": {"database": "A"}, "tenants": {"t": {"cluster": "x"}}}', MAIN);
    expect(parsed.ok ? [] : parsed.error).toHaveLength(2);
  });
});
