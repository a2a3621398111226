import { characterClass } from "./characters.ts";
import { quoteLiteral } from "./sql-names.ts";
import { separatorRanges, wordLimits } from "./words.ts";

/** What makes words and keys in SQL. Indexes call it for each row that is written, those of an instance a dozen times: as one query it took
 * most of the time of a write, since the executor starts anew for each call. Most texts are short and most arrays have few elements: for
 * them single expressions of plpgsql do, which need no executor; for all others the query.
 *
 * Nothing but functions of PostgreSQL is called, which every search path finds. */
export interface Folding {
  /** SQL that takes accents away, and makes small letters, of the text that this SQL gives. */
  readonly plain: (text: string) => string;
  readonly lower: (text: string) => string;
  readonly isAscii: (text: string) => string;
}

/** Up to so many elements are taken one by one. */
const FEW = 30;

/** @returns the body of a function that gives the words of `value` */
export function wordsBody(folding: Folding): string {
  return `DECLARE
  ${WORD_VARIABLES}
BEGIN
  ${returnWords("value", folding)}
END`;
}

/** @returns the body of a function that gives the words of the texts in an array `value`: of its elements, or of their `property` */
export function elementWordsBody(folding: Folding): string {
  return `DECLARE
  joined text;
  element text;
  ${WORD_VARIABLES}
BEGIN
  IF value IS NULL OR jsonb_typeof(value) <> 'array' THEN RETURN NULL; END IF;
  IF jsonb_array_length(value) <= ${FEW} THEN
    FOR n IN 0 .. jsonb_array_length(value) - 1 LOOP
      element := ${elementText("value -> n")};
      IF element IS NOT NULL THEN joined := coalesce(joined || ' ', '') || element; END IF;
    END LOOP;
  ELSE
    joined := (SELECT string_agg(${elementText("c")}, ' ' ORDER BY at) FROM jsonb_array_elements(value) WITH ORDINALITY AS elements(c, at));
  END IF;
  IF joined IS NULL THEN RETURN NULL; END IF;
  ${returnWords("joined", folding)}
END`;
}

/** @param characters how many of each text
 * @returns the body of a function that gives the texts of an array as they are compared, `ignored` being what is not told apart */
export function elementKeysBody({ plain, lower, isAscii }: Folding, characters: number): string {
  return `DECLARE
  keys text[];
  element text;
  is_quick boolean := true;
BEGIN
  IF value IS NULL OR jsonb_typeof(value) <> 'array' THEN RETURN NULL; END IF;
  is_quick := jsonb_array_length(value) <= ${FEW};
  FOR n IN 0 .. CASE WHEN is_quick THEN jsonb_array_length(value) - 1 ELSE -1 END LOOP
    element := ${elementText("value -> n")};
    is_quick := element IS NULL OR ${isAscii("element")};
    EXIT WHEN NOT is_quick;
    keys := array_append(keys, left(CASE WHEN ignored IN ('case and accents', 'case') THEN lower(element COLLATE "C") ELSE element END, ${characters}));
  END LOOP;
  IF is_quick THEN RETURN keys; END IF;
  RETURN (SELECT array_agg(left(folded, ${characters}) COLLATE "C" ORDER BY at) FROM jsonb_array_elements(value) WITH ORDINALITY AS elements(c, at),
LATERAL (SELECT ${elementText("c")} AS own OFFSET 0) AS o,
LATERAL (SELECT CASE WHEN ignored IN ('case and accents', 'accents') THEN ${plain("own")} ELSE own END AS unaccented OFFSET 0) AS p,
LATERAL (SELECT CASE WHEN ignored IN ('case and accents', 'case') THEN ${lower("unaccented")} ELSE unaccented END AS folded OFFSET 0) AS f);
END`;
}

function elementText(element: string): string {
  return `CASE WHEN property IS NULL THEN (${element}) #>> '{}' ELSE (${element}) ->> property END`;
}

/** What parts words in ASCII: all but letters and digits. */
const PARTS = Array.from({ length: 127 }, (_, n) => String.fromCharCode(n + 1)).filter(
  (each) => !/[a-z\d]/iu.test(each),
);
const SEPARATORS = quoteLiteral(`[${characterClass(separatorRanges)}]+`);
/** Longer texts are for the query: here each word copies what was made before it. */
const SHORT = 2000;

const WORD_VARIABLES = `folded text;
  word text;
  made text := '';
  place int := 0;`;

/** Words hold no quote and no backslash, as these part them. */
function returnWords(text: string, folding: Folding): string {
  const { plain, lower, isAscii } = folding;
  const spaced = `translate(folded, ${quoteLiteral(PARTS.join(""))}, repeat(' ', ${PARTS.length}))`;
  return `IF length(${text}) > ${SHORT} THEN RETURN (${wordsQuery(text, folding)}); END IF;
  folded := ${plain(text)};
  folded := ${lower("folded")};
  FOREACH word IN ARRAY CASE WHEN ${isAscii("folded")} THEN string_to_array(${spaced}, ' ') ELSE regexp_split_to_array(folded COLLATE "C", ${SEPARATORS}) END LOOP
    CONTINUE WHEN word = '';
    place := place + 1;
    made := made || ' ''' || left(word, ${wordLimits.wordCharacters}) || ''':' || place;
  END LOOP;
  RETURN made::tsvector;`;
}

/** The tsvector of a text of any length. */
function wordsQuery(text: string, { plain, lower }: Folding): string {
  return `SELECT coalesce(string_agg('''' || left(part, ${wordLimits.wordCharacters}) || ''':' || nth, ' '), '')::tsvector
FROM (SELECT part, row_number() OVER (ORDER BY at) AS nth
FROM (SELECT ${plain(text)} AS unaccented OFFSET 0) AS p, LATERAL (SELECT ${lower("unaccented")} AS small OFFSET 0) AS f,
LATERAL regexp_split_to_table(left(small, ${wordLimits.characters}) COLLATE "C", ${SEPARATORS}) WITH ORDINALITY AS parts(part, at)
WHERE part <> '' ORDER BY at LIMIT ${wordLimits.words}) AS numbered`;
}
