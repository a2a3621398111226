import { groups, userRecords, users } from "@octavo/users";
import type { ByHand, Written } from "../contest/by-hand.ts";
import { type Contest, reading } from "../contest/contest.ts";
import { fillDatabase, type FilledDatabase, fillTable, tenant } from "../contest/filled-database.ts";
import { groupId, peopleGroups, person } from "./people.ts";

export function fillUsers(adminUrl: string, rows: number): Promise<FilledDatabase> {
  return fillDatabase(adminUrl, {
    moduleName: users.name,
    steps: users.steps,
    tables: ["users"],
    fill: async (db) => {
      await db.tx(tenant, (tx) => groups.upsert(tx, peopleGroups, { userId: null }, "all"));
      await fillTable(db, "users", rows, person);
    },
  });
}

/** Rows of a page of the users app. */
const PAGE = 100;

const key = (value: string): string => `(left(octavo_norm_v1(${value}), 600) collate "C")`;
const lastName = key("(t.jsonb -> 'personal' ->> 'lastName')");
const firstName = key("(t.jsonb -> 'personal' ->> 'firstName')");
const isActive = "octavo_boolean_v1((t.jsonb -> 'active')) = true";
const BY_NAME = "sortby personal.lastName personal.firstName";

const KEYWORDS = [
  "username",
  "personal.firstName",
  "personal.preferredFirstName",
  "personal.lastName",
  "personal.middleName",
  "personal.email",
  "barcode",
  "id",
  "externalSystemId",
  "customFields",
];
const keywordText = `nullif(substr(${KEYWORDS.map((field) => `coalesce(' ' || (${valueOf(field)}), '')`).join(" || ")}, 2), '')`;

function valueOf(field: string): string {
  return `t.jsonb ->${field.startsWith("personal.") ? ` 'personal' ->> '${field.slice(9)}'` : `> '${field}'`}`;
}

/** What ui-users asks with `users` 16.3 (UserSearchContainer's buildQuery): each word a beginning of some keyword; filters and the sort behind
 * it. */
export function userSearches({ db }: FilledDatabase, hand: ByHand, rows: number): readonly Contest[] {
  const search = (query: string, totalRecords: "none" | "auto" = "none") =>
    db.read(tenant, (tx) => userRecords.search(tx, { query, offset: 0, limit: PAGE, totalRecords }));
  const someone = (n: number) => {
    const { barcode, personal } = person((n * 7919) % rows);
    // As far as somebody types before the list is short enough, and what a search box keeps of it.
    const [last, first] = [personal.lastName.slice(0, 6), personal.firstName.slice(0, 3)].map(plain);
    return { barcode, last: last ?? "", first: first ?? "" };
  };
  const page = (where: string, values: readonly unknown[]): Written => [
    `select t.jsonb from users as t where ${where} order by ${lastName}, ${firstName}, t.id limit $${values.length + 1}`,
    [...values, PAGE],
  ];
  /** As somebody writes it who has met PostgreSQL's guess that a fiftieth of all rows has a word with some beginning: asked plainly it walks the order, and is
   * stopped after 30 s among half a million. */
  const foundFirst = (where: string, values: readonly unknown[]): Written => [
    `with found as materialized (select t.* from users as t where ${where})
      select t.jsonb from found as t order by ${lastName}, ${firstName}, t.id limit $${values.length + 1}`,
    [...values, PAGE],
  ];
  const keywords = `octavo_words_v1(${keywordText}) @@`;
  return [
    reading({
      name: "search by the beginnings of two names",
      own: (n) => search(`(keywords="${someone(n).last}*" and keywords="${someone(n).first}*") ${BY_NAME}`),
      byHand: (n) => {
        const { first, last } = someone(n);
        return hand.read([foundFirst(`${keywords} $1::tsquery`, [`'${last}':* & '${first}':*`])]);
      },
    }),
    reading({
      name: "search by the beginning of one name",
      own: (n) => search(`keywords="${someone(n).last}*" ${BY_NAME}`),
      byHand: (n) => hand.read([foundFirst(`${keywords} $1::tsquery`, [`'${someone(n).last}':*`])]),
    }),
    reading({
      name: "search by barcode",
      own: (n) => search(`barcode=="${someone(n).barcode}"`),
      byHand: (n) => {
        const text = `select t.jsonb from users as t where ${key("(t.jsonb ->> 'barcode')")} = $1 order by t.id limit $2`;
        return hand.read([[text, [someone(n).barcode, PAGE]]]);
      },
    }),
    reading({
      name: "a group's active users, first page by name",
      own: (n) => search(`active=="true" and patronGroup=="${groupId(n % 5)}" ${BY_NAME}`),
      byHand: (n) => hand.read([page(`${isActive} and t.patrongroup = $1`, [groupId(n % 5)])]),
    }),
    reading({
      name: "a name within a group",
      own: (n) => search(`(keywords="${someone(n).last}*") and patronGroup=="${groupId(n % 5)}" ${BY_NAME}`),
      byHand: (n) => {
        const values = [`'${someone(n).last}':*`, groupId(n % 5)];
        return hand.read([foundFirst(`${keywords} $1::tsquery and t.patrongroup = $2`, values)]);
      },
    }),
    reading({
      name: "everybody, first page by name, with how many there are",
      own: () => search(`cql.allRecords=1 ${BY_NAME}`, "auto"),
      byHand: () => hand.read([page("true", []), ["explain select from users as t", []]]),
    }),
  ];
}

/** The form in which words are kept. */
function plain(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");
}
