import { characterClass } from "./characters.ts";
import { capitals, smallLetters, spelledOut, unusual, usual } from "./folding-table.ts";
import { accentRanges, NORM_VERSION } from "./norm.ts";
import { quoteLiteral, quoteName } from "./sql-names.ts";
import { separatorRanges, wordLimits } from "./words.ts";

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

/** The statements that make our functions in a schema; they may run again. Bodies are bound when they are made, so that they do not
 * depend on a search path, and PostgreSQL 15 to 18 in UTF-8 answer alike under every locale.
 * @param schema where they are made, as `search_path` has it later */
export function sqlFunctions(schema: string): readonly string[] {
  const name = (each: string): string => `${quoteName(schema)}.${quoteName(each)}`;
  const { plain, lower, norm, words, elementWords, elementKeys, number, boolean } = functionNames;
  const make = (each: string, parameters: string, type: string, body: string, isStrict: boolean): string =>
    `CREATE OR REPLACE FUNCTION ${name(each)}(${parameters}) RETURNS ${type} LANGUAGE sql IMMUTABLE PARALLEL SAFE${
      isStrict ? " STRICT" : ""
    } RETURN ${body}`;
  // As many bytes as characters: nothing beyond ASCII. The quick way for most texts.
  const isAscii = "octet_length(value) = length(value)";
  const accents = quoteLiteral(`[${characterClass(accentRanges)}]+`);
  const stripped = `regexp_replace(normalize(value, NFD) COLLATE "C", ${accents}, '', 'g')`;
  const spelled = spelledOut.reduce(
    (text, [from, to]) => `replace(${text}, ${quoteLiteral(from)}, ${quoteLiteral(to)})`,
    stripped,
  );
  const array = "CASE WHEN jsonb_typeof(value) = 'array' THEN value END";
  const elementText = "CASE WHEN property IS NULL THEN c #>> '{}' ELSE c ->> property END";
  const separators = quoteLiteral(`[${characterClass(separatorRanges)}]+`);
  return [
    make(
      plain,
      "value text",
      "text",
      `CASE WHEN ${isAscii} THEN value ELSE translate(${spelled}, ${quoteLiteral(unusual)}, ${quoteLiteral(usual)}) END`,
      true,
    ),
    make(
      lower,
      "value text",
      "text",
      `CASE WHEN ${isAscii} THEN lower(value COLLATE "C") ELSE lower(translate(normalize(value, NFC), ${quoteLiteral(
        capitals,
      )}, ${quoteLiteral(smallLetters)}) COLLATE "C") END`,
      true,
    ),
    // Not strict, so that the planner puts the quick way in the place of the call.
    make(
      norm,
      "value text",
      "text",
      `CASE WHEN ${isAscii} THEN lower(value COLLATE "C") ELSE ${name(lower)}(${name(plain)}(value)) END`,
      false,
    ),
    // Words hold no quote and no backslash, as these part them.
    make(
      words,
      "value text",
      "tsvector",
      `(SELECT coalesce(string_agg('''' || left(word, ${wordLimits.wordCharacters}) || ''':' || place, ' '), '')::tsvector
FROM (SELECT word, row_number() OVER (ORDER BY at) AS place
FROM regexp_split_to_table(left(${name(norm)}(value), ${wordLimits.characters}) COLLATE "C", ${separators}) WITH ORDINALITY AS parts(word, at)
WHERE word <> '' ORDER BY at LIMIT ${wordLimits.words}) AS numbered)`,
      true,
    ),
    make(
      elementWords,
      "value jsonb, property text",
      "tsvector",
      `(SELECT ${name(words)}(string_agg(${elementText}, ' ' ORDER BY at))
FROM jsonb_array_elements(${array}) WITH ORDINALITY AS elements(c, at))`,
      false,
    ),
    make(
      elementKeys,
      "value jsonb, property text, ignored text",
      "text[]",
      `(SELECT array_agg(left(CASE ignored WHEN 'case and accents' THEN ${name(norm)}(${elementText})
WHEN 'case' THEN ${name(lower)}(${elementText}) WHEN 'accents' THEN ${name(plain)}(${elementText})
ELSE ${elementText} END, ${KEY_CHARACTERS}) COLLATE "C")
FROM jsonb_array_elements(${array}) AS elements(c))`,
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
