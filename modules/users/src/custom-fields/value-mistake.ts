import type { CustomField } from "./custom-fields.ts";
import { optionIds } from "./field-kinds.ts";

const longest = { TEXTBOX_SHORT: 150, TEXTBOX_LONG: 1500 } as const;

/** What is wrong with the value that a user has of a field, in the words of folio-custom-fields; null where nothing is. */
export function valueMistake(value: unknown, field: CustomField): string | null {
  const isRepeatable = field.isRepeatable === true;
  switch (field.type) {
    case "SINGLE_CHECKBOX":
      return typeof value === "boolean" ? null : `Field with type ${field.type} must be a boolean`;
    case "DATE_PICKER":
      if (typeof value !== "string") return notText(field);
      return isDay(value) ? null : `Invalid date format: ${value}`;
    case "TEXTBOX_SHORT":
    case "TEXTBOX_LONG": {
      const { type } = field;
      return each(value, isRepeatable, (one) => textMistake(one, field, longest[type]));
    }
    case "RADIO_BUTTON":
    case "SINGLE_SELECT_DROPDOWN":
    case "MULTI_SELECT_DROPDOWN":
      if (isRepeatable && !Array.isArray(value)) return `Field with type ${field.type} must be an array`;
      return each(value, isRepeatable || field.type === "MULTI_SELECT_DROPDOWN", (one) =>
        optionMistake(one, field),
      );
  }
}

function each(value: unknown, mayBeList: boolean, mistake: (one: unknown) => string | null): string | null {
  if (!mayBeList || !Array.isArray(value)) return mistake(value);
  for (const one of value) {
    const wrong = mistake(one);
    if (wrong !== null) return wrong;
  }
  return null;
}

function optionMistake(value: unknown, field: CustomField): string | null {
  if (typeof value !== "string") return notText(field);
  const ids = optionIds(field);
  if (ids.includes(value)) return null;
  return `Field ${field.refId ?? ""} can only have following values: [${ids.join(", ")}]`;
}

function textMistake(value: unknown, field: CustomField, most: number): string | null {
  if (typeof value !== "string") return notText(field);
  const wrong = formatMistake(value, field.textField?.fieldFormat ?? "TEXT");
  if (wrong !== null) return wrong;
  return value.length > most ? `Maximum length of the value is ${most}` : null;
}

const EMAIL = /^[^\s@"(),:;<>[\\\]]{1,64}@[a-z\d-]+(\.[a-z\d-]+)*\.[a-z]{2,}$/iu;
const NUMBERS = [
  /^-?\d+$/u,
  /^-?\d*[,|.]\d+$/u,
  /^-?\d{1,3}(\s\d{3})+([,|.]\d+)?$/u,
  /^-?\d{1,3}(,\d{3})+(\.\d+)?$/u,
];

function formatMistake(value: string, format: "TEXT" | "EMAIL" | "URL" | "NUMBER"): string | null {
  switch (format) {
    case "TEXT":
      return value.trim() === "" ? "Invalid Text format" : null;
    case "EMAIL":
      return EMAIL.test(value) ? null : `Invalid Email format: ${value}`;
    case "NUMBER":
      return NUMBERS.some((form) => form.test(value)) ? null : `Invalid Number format: ${value}`;
    case "URL":
      return isUrl(value) ? null : `Invalid URL: ${value}`;
  }
}

/** Of the web, with a host that has a domain. */
function isUrl(value: string): boolean {
  if (/\s/u.test(value) || !URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return (protocol === "http:" || protocol === "https:") && hostname.includes(".");
}

function isDay(value: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/u.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

function notText({ type }: CustomField): string {
  return `Field with type ${type} must be a string`;
}
