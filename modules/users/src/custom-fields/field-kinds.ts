import type { CustomFieldInput } from "./custom-fields.ts";

export type Options = NonNullable<CustomFieldInput["selectField"]>["options"]["values"];

export function isSelectable({ type }: Pick<CustomFieldInput, "type">): boolean {
  return type === "SINGLE_SELECT_DROPDOWN" || type === "MULTI_SELECT_DROPDOWN" || type === "RADIO_BUTTON";
}

export function isTextBox({ type }: Pick<CustomFieldInput, "type">): boolean {
  return type === "TEXTBOX_SHORT" || type === "TEXTBOX_LONG";
}

export function optionsOf({ selectField }: Pick<CustomFieldInput, "selectField">): Options {
  return selectField?.options.values ?? [];
}

export function optionIds(field: Pick<CustomFieldInput, "selectField">): readonly string[] {
  return optionsOf(field).flatMap(({ id }) => id ?? []);
}
