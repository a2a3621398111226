import { badRequest, type Refusal, type Route, route, Type } from "@octavo/module-kit";
import { hyphenateIsbn } from "./hyphenate-isbn.ts";
import { type Isbn, parseIsbn10, parseIsbn13, toIsbn10, toIsbn13 } from "./isbn.ts";

const Asked = Type.Object({ isbn: Type.Optional(Type.String()), hyphens: Type.Optional(Type.String()) });
const Converted = Type.Object({ isbn: Type.String() });

/** Interface `isbn-utils` 2.0. */
export const isbnRoutes: readonly Route[] = [
  conversion("/isbn/convertTo13", "isbn-utils.convert-to-13.get", (text) => {
    const wanted = parseIsbn13(text);
    if (wanted !== null) return { asGiven: text, isbn: wanted };
    const other = parseIsbn10(text);
    return other === null ? null : { asGiven: null, isbn: toIsbn13(other) };
  }),
  conversion("/isbn/convertTo10", "isbn-utils.convert-to-10.get", (text) => {
    const wanted = parseIsbn10(text);
    if (wanted !== null) return { asGiven: text, isbn: wanted };
    const other = parseIsbn13(text);
    const isbn = other === null ? null : toIsbn10(other);
    return isbn === null ? null : { asGiven: null, isbn };
  }),
  route({
    method: "GET",
    path: "/isbn/validator",
    summary: "Says whether an ISBN is valid",
    permissionsRequired: ["isbn-utils.validator.get"],
    modulePermissions: [],
    query: Type.Object({
      isbn: Type.Optional(Type.String()),
      isbn10: Type.Optional(Type.String()),
      isbn13: Type.Optional(Type.String()),
    }),
    answers: { 200: Type.Object({ isValid: Type.Boolean() }) },
    handle: ({ query }) => {
      const [asked, second] = Object.entries(query);
      if (asked === undefined || second !== undefined) {
        return badRequest("Only one of following query params must be specified: isbn, isbn10, isbn13");
      }
      const [form, text] = asked;
      const isValid =
        (form !== "isbn13" && parseIsbn10(text) !== null) ||
        (form !== "isbn10" && parseIsbn13(text) !== null);
      return { status: 200, body: { isValid } };
    },
  }),
];

interface Conversion {
  /** Of an ISBN that needed no conversion: it is given back as it came, hyphens and all. */
  readonly asGiven: string | null;
  readonly isbn: Isbn;
}

function conversion(
  path: "/isbn/convertTo13" | "/isbn/convertTo10",
  permission: string,
  convert: (text: string) => Conversion | null,
): Route {
  return route({
    method: "GET",
    path,
    summary: `Gives an ISBN with ${path.slice(-2)} digits`,
    permissionsRequired: [permission],
    modulePermissions: [],
    query: Asked,
    answers: { 200: Converted },
    handle: ({ query: { isbn: text, hyphens = "false" } }) => {
      if (text === undefined) return badRequest("Isbn must be specified");
      if (!/^(?:true|false)$/iu.test(hyphens)) return badRequest("Hyphens must be true or false");
      const converted = convert(text);
      if (converted === null) return invalidIsbn(text);
      const { asGiven, isbn } = converted;
      const wanted = hyphens.toLowerCase() === "true" ? hyphenateIsbn(isbn) : (asGiven ?? isbn.digits);
      return { status: 200, body: { isbn: wanted } };
    },
  });
}

function invalidIsbn(text: string): Refusal {
  return badRequest(`ISBN value ${text} is invalid`, "invalid-isbn");
}
