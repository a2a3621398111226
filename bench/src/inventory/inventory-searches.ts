import type { ModuleDatabase } from "@octavo/database";
import { holdings, instances, items } from "@octavo/inventory-storage";
import type { ByHand, Written } from "../contest/by-hand.ts";
import { type Contest, reading } from "../contest/contest.ts";
import { tenant } from "../contest/filled-database.ts";
import { barcode, instance, instanceId, isbn, locationId } from "./library.ts";

/** Rows of a page of the inventory app. */
const PAGE = 100;

const key = (value: string): string => `(left(octavo_norm_v1(${value}), 600) collate "C")`;
const title = key("(t.jsonb ->> 'title')");
const titleWords = "octavo_words_v1((t.jsonb ->> 'title')) @@ $1::tsquery";
const atLocation =
  "t.id in (select h.instanceid from holdings_record as h join item as i on i.holdingsrecordid = h.id";

/** What ui-inventory asks of storage (filterConfig.js: its query templates, filters and sort), beside SQL by hand.
 * @param count how many instances there are */
export function inventorySearches(db: ModuleDatabase, hand: ByHand, count: number): readonly Contest[] {
  const search = (query: string) =>
    db.read(tenant, (tx) => instances.search(tx, { query, offset: 0, limit: PAGE, totalRecords: "none" }));
  const pick = (n: number): number => (n * 7919) % count;
  const page = (where: string, values: readonly unknown[], order = title): Written => [
    `select t.jsonb from instance as t where ${where} order by ${order}, t.id limit $${values.length + 1}`,
    [...values, PAGE],
  ];
  const two = (n: number): readonly [string, string] => {
    const [one = "", other = ""] = instance(pick(n)).title.split(" ");
    return [one, other];
  };
  const name = (n: number): string => instance(pick(n)).contributors[0]?.name ?? "";
  return [
    reading({
      name: "title, two words",
      own: (n) => search(`title all "${two(n).join(" ")}" sortby title`),
      byHand: (n) => hand.read([page(titleWords, [`'${two(n).join("' & '")}'`])]),
    }),
    reading({
      name: "contributor",
      own: (n) => search(`contributors =/@name "${name(n)}" sortby title`),
      byHand: (n) => {
        const words = name(n).split(", ").join("' <-> '");
        const found = "octavo_element_words_v1((t.jsonb -> 'contributors'), 'name') @@ $1::tsquery";
        const within = `exists (select from jsonb_array_elements(t.jsonb -> 'contributors') as e(c) where octavo_words_v1((e.c ->> 'name')) @@ $1::tsquery)`;
        return hand.read([page(`${found} and ${within}`, [`'${words}'`])]);
      },
    }),
    reading({
      name: "identifier, exact",
      own: (n) => search(`identifiers ==/@value "${isbn(pick(n))}" sortby title`),
      byHand: (n) => {
        const found =
          "octavo_element_keys_v1((t.jsonb -> 'identifiers'), 'value', 'case and accents') && $1::text[]";
        return hand.read([page(found, [[isbn(pick(n))]])]);
      },
    }),
    reading({
      name: "title, two words, at a location",
      own: (n) =>
        search(
          `(title all "${two(n).join(" ")}") and item.effectiveLocationId=="${locationId(n)}" sortby title`,
        ),
      byHand: (n) => {
        const values = [`'${two(n).join("' & '")}'`, locationId(n)];
        return hand.read([page(`${titleWords} and ${atLocation} where i.effectivelocationid = $2)`, values)]);
      },
    }),
    reading({
      name: "all at a location, first page by title",
      own: (n) => search(`item.effectiveLocationId=="${locationId(n)}" sortby title`),
      byHand: (n) => hand.read([page(`${atLocation} where i.effectivelocationid = $1)`, [locationId(n)])]),
    }),
    reading({
      name: "sorted page from a title on",
      own: (n) => search(`title>="${two(n).join(" ")}" sortby title`),
      byHand: (n) => hand.read([page(`${title} >= $1`, [two(n).join(" ")])]),
    }),
    reading({
      name: "item by barcode",
      own: (n) =>
        db.read(tenant, (tx) => {
          const query = `barcode=="${barcode(pick(n))}"`;
          return items.search(tx, { query, offset: 0, limit: 10, totalRecords: "none" });
        }),
      byHand: (n) => {
        const text = `select t.jsonb from item as t where ${key("(t.jsonb ->> 'barcode')")} = $1 order by t.id limit $2`;
        return hand.read([[text, [barcode(pick(n)), 10]]]);
      },
    }),
    reading({
      name: "an instance with its holdings records and items",
      own: (n) =>
        db.read(tenant, async (tx) => {
          const id = instanceId(pick(n));
          const all = { offset: 0, limit: 1000, totalRecords: "none" } as const;
          await instances.get(tx, id);
          await holdings.search(tx, { ...all, query: `instanceId=="${id}"` });
          await items.search(tx, { ...all, query: `holdingsRecords.instanceId=="${id}"` });
        }),
      byHand: (n) => {
        const id = instanceId(pick(n));
        const ofInstance =
          "select i.jsonb from item as i join holdings_record as h on h.id = i.holdingsrecordid";
        return hand.read([
          ["select jsonb from instance where id = $1", [id]],
          ["select jsonb from holdings_record where instanceid = $1 order by id limit $2", [id, 1000]],
          [`${ofInstance} where h.instanceid = $1 order by i.id limit $2`, [id, 1000]],
        ]);
      },
    }),
  ];
}
