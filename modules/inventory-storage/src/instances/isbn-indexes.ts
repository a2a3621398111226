import { searchable } from "@octavo/module-kit";

/** The identifier types of the reference data. */
const ISBN = "8261054f-be78-422d-bd51-4ed9f33c3422";
const INVALID_ISBN = "fcca2643-406a-482a-b760-7a7f8aec640e";

/** ISBNs are found however their digits are parted: "978 92-8011" is "978928011". What follows the digits stays: "(Vol. 2)". */
export const isbnIndexes = [indexOf("isbn", ISBN), indexOf("invalidIsbn", INVALID_ISBN)];

function indexOf(name: string, typeId: string) {
  return searchable.computed(name, {
    from: "identifiers",
    functionName: `${name.toLowerCase()}_digits_v1`,
    functionBody: `(select string_agg(trim(translate(substring(v from '^[0-9 -]*'), ' -', '') || ' ' || regexp_replace(v, '^[0-9 -]*', '')), ' ')
      from (select each ->> 'value' as v from jsonb_array_elements(case when jsonb_typeof(value) = 'array' then value end) as all_of(each)
        where each ->> 'identifierTypeId' = '${typeId}') as of_type)`,
    of: (value) => {
      const all = value as readonly { value: string; identifierTypeId: string }[] | undefined; // as: the schema's identifiers
      const texts = (all ?? []).filter(({ identifierTypeId }) => identifierTypeId === typeId);
      return texts.length === 0 ? null : texts.map((each) => joinedDigits(each.value)).join(" ");
    },
    term: joinedDigits,
    match: ["words"],
  });
}

function joinedDigits(text: string): string {
  const [digits = ""] = /^[0-9 -]*/u.exec(text) ?? [];
  return `${digits.replaceAll(/[ -]/gu, "")} ${text.slice(digits.length)}`.trim();
}
