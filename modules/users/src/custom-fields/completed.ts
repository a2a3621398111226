import type { CustomFieldInput } from "./custom-fields.ts";
import { isTextBox, type Options } from "./field-kinds.ts";

/** As it is stored: what the client left out has a value, options are in their order, each with an id. */
export function completed(field: CustomFieldInput): Omit<CustomFieldInput, "metadata"> {
  const { metadata: _written, checkboxField, selectField, ...own } = field;
  return {
    visible: true,
    required: false,
    isRepeatable: false,
    ...own,
    ...(isTextBox(field) && field.textField === undefined && { textField: { fieldFormat: "TEXT" } }),
    ...(checkboxField !== undefined && { checkboxField: { default: false, ...checkboxField } }),
    ...(selectField !== undefined && {
      selectField: { ...selectField, options: completedOptions(selectField.options) },
    }),
  };
}

type SelectOptions = NonNullable<CustomFieldInput["selectField"]>["options"];

function completedOptions({ values, sortingOrder = "CUSTOM" }: SelectOptions): SelectOptions {
  const options = withIds(sorted(values, sortingOrder));
  return { sortingOrder, values: options.map((option) => ({ default: false, ...option })) };
}

function sorted(options: Options, order: "ASC" | "DESC" | "CUSTOM"): Options {
  if (order === "CUSTOM") return options;
  const ascending = options.toSorted((one, other) => (one.value < other.value ? -1 : 1));
  return order === "ASC" ? ascending : ascending.toReversed();
}

/** A new option gets the number behind the highest. */
function withIds(options: Options): Options {
  const numbers = options.map(({ id = "opt_0" }) => Number(id.slice("opt_".length)));
  let last = Math.max(0, ...numbers);
  return options.map((option) => {
    if (option.id !== undefined) return option;
    last += 1;
    return { ...option, id: `opt_${last}` };
  });
}
