import type { CustomFieldInput } from "./custom-fields.ts";
import { isSelectable, isTextBox, type Options, optionsOf } from "./field-kinds.ts";

/** folio-custom-fields' custom-fields-application.properties. */
const longest = { name: 65, helpText: 100, option: 100 } as const;
const mostOptions = { RADIO_BUTTON: 5, SINGLE_SELECT_DROPDOWN: 200, MULTI_SELECT_DROPDOWN: 200 } as const;
const ofOneKind = ["checkboxField", "selectField", "textField"] as const;
const common =
  "id, name, refId, type, entityType, visible, required, isRepeatable, order, helpText, metadata";

/** What is wrong with a field's definition, in the library's words; null where nothing is. */
export function definitionMistake(field: CustomFieldInput): string | null {
  const { name, helpText = "" } = field;
  if (name.length > longest.name) return `The 'name' length cannot be more than ${longest.name}`;
  if (helpText.length > longest.helpText)
    return `The 'helpText' length cannot be more than ${longest.helpText}`;
  return foreignAttribute(field) ?? kindMistake(field);
}

function foreignAttribute(field: CustomFieldInput): string | null {
  const own = ofOneKind.filter(
    (attribute) =>
      (attribute === "checkboxField" && field.type === "SINGLE_CHECKBOX") ||
      (attribute === "selectField" && isSelectable(field)) ||
      (attribute === "textField" && isTextBox(field)),
  );
  const foreign = ofOneKind.find((attribute) => !own.includes(attribute) && field[attribute] !== undefined);
  if (foreign === undefined) return null;
  const allowed = [common, ...own].join(", ");
  return `Attribute ${foreign} is not allowed, following attributes are allowed for field of type ${field.type} : [${allowed}]`;
}

function kindMistake(field: CustomFieldInput): string | null {
  const { type, isRepeatable, checkboxField, selectField } = field;
  const isAlone = type === "SINGLE_CHECKBOX" || type === "RADIO_BUTTON" || type === "MULTI_SELECT_DROPDOWN";
  if (isAlone && isRepeatable === true) return `Repeatable is not supported by custom field of type ${type}`;
  if (type === "SINGLE_CHECKBOX" && checkboxField === undefined)
    return `The 'checkBox' property should be defined for '${type}' custom field type.`;
  if (type !== "RADIO_BUTTON" && type !== "SINGLE_SELECT_DROPDOWN" && type !== "MULTI_SELECT_DROPDOWN")
    return null;
  if (selectField === undefined) return "The 'selectField' property should be defined";
  const isMultiple = type === "MULTI_SELECT_DROPDOWN";
  const options = optionsOf(field);
  const wrong = optionsMistake(options, mostOptions[type]);
  if (wrong !== null) return wrong;
  if (!isMultiple && options.filter((option) => option.default === true).length > 1)
    return "The max defaults amount is 1";
  if (selectField.multiSelect !== isMultiple) return `The 'multiSelect' property should be '${isMultiple}'`;
  return null;
}

function optionsMistake(options: Options, most: number): string | null {
  if (options.length === 0 || options.length > most)
    return `The options amount should be in range 1 - ${most}`;
  const values = options.map(({ value }) => value);
  if (values.some((value) => value.trim() === "" || value.length > longest.option))
    return `The option value cannot be blank or have more than ${longest.option} length`;
  if (new Set(values).size < values.length) return "Option values should be unique";
  const ids = options.flatMap(({ id }) => id ?? []);
  return new Set(ids).size < ids.length ? "Option IDs should be unique" : null;
}
