import { describe, expect, it } from "vitest";
import { completed } from "./completed.ts";
import type { CustomField, CustomFieldInput } from "./custom-fields.ts";
import { definitionMistake } from "./definition-mistake.ts";
import { refIdOf } from "./ref-id.ts";
import { valueMistake } from "./value-mistake.ts";
import { withoutOptions } from "./values-of-users.ts";

const plain = {
  name: "Field",
  entityType: "user",
  visible: true,
  required: false,
  isRepeatable: false,
} as const;
const option = (value: string, more: { readonly id?: string; readonly default?: boolean } = {}) => ({
  value,
  default: false,
  ...more,
});
const select = (multiSelect: boolean, values: readonly ReturnType<typeof option>[]) => ({
  selectField: { multiSelect, options: { sortingOrder: "CUSTOM" as const, values: [...values] } },
});
const many = (count: number) => Array.from({ length: count }, (_, n) => option(`value ${n}`));

describe("a definition", () => {
  const single = { ...plain, type: "SINGLE_SELECT_DROPDOWN" as const };
  const radio = { ...plain, type: "RADIO_BUTTON" as const };
  const multiple = { ...plain, type: "MULTI_SELECT_DROPDOWN" as const };
  const box = { ...plain, type: "TEXTBOX_SHORT" as const };
  const check = { ...plain, type: "SINGLE_CHECKBOX" as const, checkboxField: { default: false } };
  it.each<[claim: string, field: CustomFieldInput, message: string | null]>([
    ["a text box", box, null],
    ["a text box that repeats", { ...box, isRepeatable: true }, null],
    ["a day", { ...plain, type: "DATE_PICKER" }, null],
    ["a checkbox", check, null],
    ["five radio buttons", { ...radio, ...select(false, many(5)) }, null],
    ["200 options", { ...single, ...select(false, many(200)) }, null],
    ["several choices", { ...multiple, ...select(true, many(2)) }, null],
    ["a long name", { ...box, name: "x".repeat(66) }, "The 'name' length cannot be more than 65"],
    ["a long help", { ...box, helpText: "x".repeat(101) }, "The 'helpText' length cannot be more than 100"],
    [
      "a checkbox without its property",
      { ...plain, type: "SINGLE_CHECKBOX" },
      "The 'checkBox' property should be defined for 'SINGLE_CHECKBOX' custom field type.",
    ],
    [
      "a checkbox that repeats",
      { ...check, isRepeatable: true },
      "Repeatable is not supported by custom field of type SINGLE_CHECKBOX",
    ],
    [
      "options of a text box",
      { ...box, ...select(false, many(1)) },
      "Attribute selectField is not allowed, following attributes are allowed for field of type TEXTBOX_SHORT : [id, name, refId, type, entityType, visible, required, isRepeatable, order, helpText, metadata, textField]",
    ],
    ["a choice of nothing", single, "The 'selectField' property should be defined"],
    [
      "six radio buttons",
      { ...radio, ...select(false, many(6)) },
      "The options amount should be in range 1 - 5",
    ],
    ["no options", { ...single, ...select(false, []) }, "The options amount should be in range 1 - 200"],
    [
      "201 options",
      { ...single, ...select(false, many(201)) },
      "The options amount should be in range 1 - 200",
    ],
    [
      "a blank option",
      { ...single, ...select(false, [option(" ")]) },
      "The option value cannot be blank or have more than 100 length",
    ],
    [
      "an option twice",
      { ...single, ...select(false, [option("a"), option("a")]) },
      "Option values should be unique",
    ],
    [
      "an option's id twice",
      { ...single, ...select(false, [option("a", { id: "opt_1" }), option("b", { id: "opt_1" })]) },
      "Option IDs should be unique",
    ],
    [
      "two defaults of one choice",
      { ...single, ...select(false, [option("a", { default: true }), option("b", { default: true })]) },
      "The max defaults amount is 1",
    ],
    [
      "one choice that is said to be several",
      { ...single, ...select(true, many(2)) },
      "The 'multiSelect' property should be 'false'",
    ],
    [
      "several choices that are said to be one",
      { ...multiple, ...select(false, many(2)) },
      "The 'multiSelect' property should be 'true'",
    ],
  ])("%s", (_claim, field, message) => {
    expect(definitionMistake(field)).toBe(message);
  });

  it("is completed: options in their order with ids, a text box with a format", () => {
    const values = [option("b"), option("c", { id: "opt_7" }), option("a")];
    const sorted = (sortingOrder: "ASC" | "DESC" | "CUSTOM") => {
      const { selectField } = completed({
        ...single,
        selectField: { multiSelect: false, options: { sortingOrder, values } },
      });
      return selectField?.options.values.map(({ id = "", value }) => `${value} ${id}`);
    };
    expect(sorted("ASC")).toEqual(["a opt_8", "b opt_9", "c opt_7"]);
    expect(sorted("DESC")).toEqual(["c opt_7", "b opt_8", "a opt_9"]);
    expect(sorted("CUSTOM")).toEqual(["b opt_8", "c opt_7", "a opt_9"]);
    expect(completed(box)).toMatchObject({ textField: { fieldFormat: "TEXT" } });
  });
});

it.each<[name: string, taken: readonly string[], refId: string]>([
  ["Hobbies", [], "hobbies"],
  ["Fávourite  COLOUR no. 1", [], "favouriteColourNo"],
  ["Hobbies", ["hobbies"], "hobbies_2"],
  ["Hobbies", ["hobbies", "hobbies_2", "hobbies_10", "hobbiesOfOthers"], "hobbies_11"],
  ["Hobbies", ["hobbies_2"], "hobbies_3"],
  ["図書館", [], "field"],
])("a field called %s beside %j is %s in users", (name, taken, refId) => {
  expect(refIdOf(name, taken)).toBe(refId);
});

describe("a value", () => {
  const base = { ...plain, id: "0b8f9b62-9b1e-4b5c-8c92-000000000001", refId: "field" };
  const box = (
    fieldFormat: "TEXT" | "EMAIL" | "URL" | "NUMBER",
    more: Partial<CustomField> = {},
  ): CustomField => ({
    ...base,
    type: "TEXTBOX_SHORT",
    textField: { fieldFormat },
    ...more,
  });
  const chosen = (type: "RADIO_BUTTON" | "MULTI_SELECT_DROPDOWN"): CustomField => ({
    ...base,
    type,
    ...select(type === "MULTI_SELECT_DROPDOWN", [option("a", { id: "opt_1" }), option("b", { id: "opt_2" })]),
  });
  const day: CustomField = { ...base, type: "DATE_PICKER" };
  const check: CustomField = { ...base, type: "SINGLE_CHECKBOX", checkboxField: { default: false } };
  const notAllowed = "Field field can only have following values: [opt_1, opt_2]";
  it.each<[value: unknown, field: CustomField, message: string | null]>([
    ["x".repeat(150), box("TEXT"), null],
    ["x".repeat(151), box("TEXT"), "Maximum length of the value is 150"],
    ["x".repeat(1500), box("TEXT", { type: "TEXTBOX_LONG" }), null],
    ["x".repeat(1501), box("TEXT", { type: "TEXTBOX_LONG" }), "Maximum length of the value is 1500"],
    [" ", box("TEXT"), "Invalid Text format"],
    [5, box("TEXT"), "Field with type TEXTBOX_SHORT must be a string"],
    [["a", "b"], box("TEXT"), "Field with type TEXTBOX_SHORT must be a string"],
    [["a", "b"], box("TEXT", { isRepeatable: true }), null],
    [["a", " "], box("TEXT", { isRepeatable: true }), "Invalid Text format"],
    ["ann@example.org", box("EMAIL"), null],
    ["ann@example", box("EMAIL"), "Invalid Email format: ann@example"],
    ["https://example.org/a?b=c", box("URL"), null],
    ["ftp://example.org", box("URL"), "Invalid URL: ftp://example.org"],
    ["javascript:alert(1)", box("URL"), "Invalid URL: javascript:alert(1)"],
    ...["0", "-12", "0,5", ".5", "1 000 000,25", "1,000.25"].map((value): [unknown, CustomField, null] => [
      value,
      box("NUMBER"),
      null,
    ]),
    ["1e3", box("NUMBER"), "Invalid Number format: 1e3"],
    [true, check, null],
    ["true", check, "Field with type SINGLE_CHECKBOX must be a boolean"],
    ["2024-02-29", day, null],
    ["2023-02-29", day, "Invalid date format: 2023-02-29"],
    [20240101, day, "Field with type DATE_PICKER must be a string"],
    ["opt_1", chosen("RADIO_BUTTON"), null],
    ["opt_3", chosen("RADIO_BUTTON"), notAllowed],
    [["opt_1"], chosen("RADIO_BUTTON"), "Field with type RADIO_BUTTON must be a string"],
    ["opt_2", chosen("MULTI_SELECT_DROPDOWN"), null],
    [["opt_1", "opt_2"], chosen("MULTI_SELECT_DROPDOWN"), null],
    [["opt_1", "opt_3"], chosen("MULTI_SELECT_DROPDOWN"), notAllowed],
  ])("%j", (value, field, message) => {
    expect(valueMistake(value, field)).toBe(message);
  });

  it.each<[value: unknown, removed: readonly string[], defaults: readonly string[], left: unknown]>([
    ["opt_1", ["opt_1"], [], null],
    ["opt_1", ["opt_1"], ["opt_2"], "opt_2"],
    ["opt_1", ["opt_1"], ["opt_2", "opt_3"], ["opt_2", "opt_3"]],
    [["opt_1", "opt_2"], ["opt_1"], ["opt_3"], "opt_2"],
    [["opt_1", "opt_2", "opt_3"], ["opt_1"], [], ["opt_2", "opt_3"]],
    [["opt_1", "opt_2"], ["opt_1", "opt_2"], ["opt_3"], "opt_3"],
  ])("%j without %j, with the defaults %j, is %j", (value, removed, defaults, left) => {
    expect(withoutOptions(value, removed, defaults)).toEqual(left);
  });
});
