import { compileAfter, compileOrderBy, compileWhere, sortPlace } from "@octavo/cql";
import { assert } from "@octavo/result";
import { type Connection, connect } from "@octavo/testing/connection";
import { freshDatabase } from "@octavo/testing/fresh-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bind, makeIndexes, makeTables } from "./library.ts";

let client: Connection;
let drop: () => Promise<void>;

const ROWS = 50_000;

beforeAll(async () => {
  const database = await freshDatabase();
  client = await connect(database.url);
  await makeTables(client);
  drop = () => database.drop();
  await client.query(`INSERT INTO book (id, jsonb) SELECT i, jsonb_build_object('id', i, 'title', 'Volume ' || n || ' of shelf ' || n % 1000,
    'part', 'part' || md5(n::text), 'code', 'code-' || n, 'pages', n, 'lent', n % 1000 = 0, 'languages', jsonb_build_array('l' || n % 3000, 'all'),
    'contributors', jsonb_build_array(jsonb_build_object('name', 'Writer ' || n, 'role', 'author')),
    'metadata', jsonb_build_object('createdDate', to_char(timestamp '2024-01-01' + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS')))
    FROM generate_series(1, ${ROWS}) AS n, LATERAL (SELECT (lpad(to_hex(n * 7), 8, '0') || '-0000-4000-8000-000000000000')::uuid AS i) AS r`);
  await client.query(`INSERT INTO copy (id, jsonb, bookid) SELECT id, jsonb_build_object('id', id, 'bookId', id, 'status',
    jsonb_build_object('name', 's' || (jsonb ->> 'pages'))), id FROM book`);
  await makeIndexes(client);
  await client.query("VACUUM ANALYZE book");
  await client.query("VACUUM ANALYZE copy");
  await client.query("SET plan_cache_mode = force_generic_plan");
}, 300_000);

afterAll(async () => {
  await client.end();
  await drop();
});

interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Actual Rows": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly PlanNode[];
}

interface Explained {
  readonly nodes: readonly PlanNode[];
  readonly indexes: readonly string[];
  readonly rowsLookedAt: number;
}

let explained = 0;

/** The generic plan of a prepared statement, as it ran. */
async function explain(text: string, values: readonly unknown[]): Promise<Explained> {
  explained += 1;
  const name = `explained${explained}`;
  await client.query({ name, text, values: [...values] });
  const literal = (value: unknown): string =>
    client.escapeLiteral(
      Array.isArray(value) ? `{${value.map((each) => JSON.stringify(each)).join(",")}}` : String(value),
    );
  const given = values.length === 0 ? "" : `(${values.map(literal).join(", ")})`;
  const { rows } = await client.query<{ "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE ${name}${given}`,
  );
  const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
  assert(plan !== undefined, "EXPLAIN answers with a plan");
  const nodes = nodesOf(plan);
  return {
    nodes,
    indexes: nodes.flatMap((node) => node["Index Name"] ?? []),
    rowsLookedAt: nodes.reduce(
      (sum, node) =>
        sum +
        node["Actual Rows"] +
        (node["Rows Removed by Filter"] ?? 0) +
        (node["Rows Removed by Index Recheck"] ?? 0),
      0,
    ),
  };
}

function nodesOf(plan: PlanNode): readonly PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

describe("under a generic plan, over 50,000 rows", () => {
  it.each([
    ["exact", 'title == "Volume 77 of shelf 77"', "book_title_key_v1"],
    ["exact, several", 'title == ("Volume 77 of shelf 77" or "Volume 78 of shelf 78")', "book_title_key_v1"],
    ["a prefix", 'title == "volume 4321*"', "book_title_key_v1"],
    ["words", "title = 4321", "book_title_words_v1"],
    ["a prefix of a word", "contributors = 4321*", "book_contributors_words_v1"],
    ["a phrase", 'title = "volume 4321 of"', "book_title_words_v1"],
    ["parts", 'part == "*a1b2c*"', "book_part_parts_v1"],
    ["words of several fields", 'keywords all "code 4321"', "book_keywords_5e80460e_words_v1"],
    ["parts of several fields", 'keywords == "*shelf 77 code*77"', "book_keywords_5e80460e_parts_v1"],
    ["a computed text", "digits == 0800a482844b4b4ac0b5d2b6c1ba*", "book_digits_digits_v1_key_v1"],
    ["a number", "pages == 4321", "book_pages_number"],
    ["a boolean", "lent == true", "book_lent_boolean"],
    ["a range of dates", "metadata.createdDate == 2024-01-03*", "book_metadata_createdDate_key_v1"],
    ["an element of texts", String.raw`languages == "*\"l77\"*"`, "book_languages_elements_v1"],
    ["an element of objects", 'contributors ==/@role=author "writer 77"', "book_contributors_elements_v1"],
    ["an id", "id == 00000007-0000-4000-8000-000000000000", "book_pkey"],
    [
      "ids",
      "id == (00000007-0000-4000-8000-000000000000 or 0000000e-0000-4000-8000-000000000000)",
      "book_pkey",
    ],
    ["the beginning of an id", "id == 000aa*", "book_pkey"],
    ["a field of another table", "copy.status.name == s77", "copy_status_name_key_v1"],
    [
      "a foreign key of another table",
      "copy.bookId == 00000007-0000-4000-8000-000000000000",
      "copy_bookId_key",
    ],
  ])("%s is served by its index", async (_what, query, index) => {
    const bound = bind(query);
    assert(bound.ok, "the query is right");
    const where = compileWhere(bound.value, "t");
    assert(where.ok, "the query is small");
    const { indexes, rowsLookedAt, nodes } = await explain(
      `SELECT t.id FROM book AS t WHERE ${where.value.text}`,
      where.value.values,
    );
    expect({ indexes: indexes.map(withoutFingerprint), nodes }).toMatchObject({
      indexes: expect.arrayContaining([index.toLowerCase()]),
    });
    // Another order of magnitude than the table.
    expect(rowsLookedAt).toBeLessThan(ROWS / 5);
  });

  it.each(["title", "title/sort.descending", "pages", "metadata.createdDate/sort.descending", "id"])(
    "a page far down by %s is read from its index, row by row",
    async (key) => {
      const bound = bind(`cql.allRecords=1 sortby ${key}`);
      assert(bound.ok, "the query is right");
      const { rows } = await client.query<{ jsonb: null }>(
        "SELECT jsonb FROM book AS t WHERE (jsonb ->> 'pages')::integer = 30000",
      );
      const place = sortPlace(bound.value, rows[0]?.jsonb ?? null);
      assert(place !== null, "the row is there");
      const [range] = compileAfter(bound.value, "t", place);
      assert(range !== undefined, "there are rows behind it");
      const { rowsLookedAt } = await explain(
        `SELECT t.id FROM book AS t WHERE ${range.text} ORDER BY ${compileOrderBy(bound.value, "t")} LIMIT 20`,
        range.values,
      );
      expect(rowsLookedAt).toBeLessThan(100);
    },
  );
});

/** Names with capitals end with a number made of all their letters. */
function withoutFingerprint(name: string): string {
  return name.replace(/_[\da-f]{8}$/u, "");
}
