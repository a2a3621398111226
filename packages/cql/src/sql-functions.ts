import { characterClass } from "./characters.ts";
import { capitals, smallLetters, spelledOut, unusual, usual } from "./folding-table.ts";
import { accentRanges, NORM_VERSION } from "./norm.ts";
import { quoteLiteral, quoteName } from "./sql-names.ts";
import { elementKeysBody, elementWordsBody, wordsBody } from "./word-functions.ts";

/** Names of our functions in SQL; a query finds them by its search path. */
export const functionNames = {
  plain: `octavo_plain_v${NORM_VERSION}`,
  lower: `octavo_lower_v${NORM_VERSION}`,
  norm: `octavo_norm_v${NORM_VERSION}`,
  words: `octavo_words_v${NORM_VERSION}`,
  elementWords: `octavo_element_words_v${NORM_VERSION}`,
  elementKeys: `octavo_element_keys_v${NORM_VERSION}`,
  number: "octavo_number_v1",
  boolean: "octavo_boolean_v1",
} as const;

/** How many characters of a value an index holds: 600 of four bytes fit into an entry of a b-tree. */
export const KEY_CHARACTERS = 600;

/** The statements that make our functions in a schema. Bodies are bound when they are made, so that they do not
 * depend on a search path, and PostgreSQL 15 to 18 in UTF-8 answer alike under every locale.
 * @param schema where they are made, as `search_path` has it later; they may run again. Null: in the first of the path, once: a step of
 * a migration */
export function sqlFunctions(schema: string | null): readonly string[] {
  const name = (each: string): string =>
    schema === null ? quoteName(each) : `${quoteName(schema)}.${quoteName(each)}`;
  const { plain, lower, norm, words, elementWords, elementKeys, number, boolean } = functionNames;
  const make = (each: string, parameters: string, type: string, body: string, isStrict: boolean): string =>
    `CREATE ${schema === null ? "" : "OR REPLACE "}FUNCTION ${name(each)}(${parameters}) RETURNS ${type} LANGUAGE sql IMMUTABLE PARALLEL SAFE${
      isStrict ? " STRICT" : ""
    } RETURN ${body}`;
  const makeQuick = (
    each: string,
    parameters: string,
    type: string,
    body: string,
    isStrict: boolean,
  ): string =>
    `CREATE ${schema === null ? "" : "OR REPLACE "}FUNCTION ${name(each)}(${parameters}) RETURNS ${type} LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE${
      isStrict ? " STRICT" : ""
    } AS ${quoteLiteral(body)}`;
  const folding = { plain: plainSql, lower: lowerSql, isAscii };
  return [
    make(plain, "value text", "text", plainSql("value"), true),
    make(lower, "value text", "text", lowerSql("value"), true),
    // Not strict, so that the planner puts the quick way in the place of the call.
    make(
      norm,
      "value text",
      "text",
      `CASE WHEN ${isAscii("value")} THEN lower(value COLLATE "C") ELSE ${name(lower)}(${name(plain)}(value)) END`,
      false,
    ),
    // These call none of the others: a function called in another's query is planned anew at each call, 200 microseconds.
    makeQuick(words, "value text", "tsvector", wordsBody(folding), true),
    makeQuick(elementWords, "value jsonb, property text", "tsvector", elementWordsBody(folding), false),
    makeQuick(
      elementKeys,
      "value jsonb, property text, ignored text",
      "text[]",
      elementKeysBody(folding, KEY_CHARACTERS),
      false,
    ),
    make(
      number,
      "value jsonb",
      "numeric",
      "CASE WHEN jsonb_typeof(value) = 'number' THEN value::numeric END",
      false,
    ),
    make(
      boolean,
      "value jsonb",
      "boolean",
      "CASE WHEN jsonb_typeof(value) = 'boolean' THEN value::boolean END",
      false,
    ),
  ];
}

/** As many bytes as characters: nothing beyond ASCII. The quick way for most texts. */
function isAscii(text: string): string {
  return `octet_length(${text}) = length(${text})`;
}

/** Without accents. */
function plainSql(text: string): string {
  const accents = quoteLiteral(`[${characterClass(accentRanges)}]+`);
  const spelled = spelledOut.reduce(
    (sql, [from, to]) => `replace(${sql}, ${quoteLiteral(from)}, ${quoteLiteral(to)})`,
    `regexp_replace(normalize(${text}, NFD) COLLATE "C", ${accents}, '', 'g')`,
  );
  const plain = `translate(${spelled}, ${quoteLiteral(unusual)}, ${quoteLiteral(usual)})`;
  return `CASE WHEN ${isAscii(text)} THEN ${text} ELSE ${plain} END`;
}

/** In small letters. */
function lowerSql(text: string): string {
  const small = `translate(normalize(${text}, NFC), ${quoteLiteral(capitals)}, ${quoteLiteral(smallLetters)})`;
  return `CASE WHEN ${isAscii(text)} THEN lower(${text} COLLATE "C") ELSE lower(${small} COLLATE "C") END`;
}
