import { err, ok, type Result } from "@octavo/result";
import { failure, type Failure } from "../exit-codes.ts";

/** What a module is called in the places where its name stands. */
export interface ModuleNames {
  /** "octavo-loan-desk", "mod-loan-desk". */
  readonly product: string;
  /** Of its interface, paths and permissions: "loan-desk". */
  readonly word: string;
  /** For people: "Loan desk". */
  readonly title: string;
}

export function moduleNames(name: string): Result<ModuleNames, Failure> {
  if (!/^(?=.{1,40}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/u.test(name)) {
    return err(
      failure(
        2,
        `"${name}" is no name of a module`,
        "small letters, digits and single dashes, at most 40: mod-loan-desk",
      ),
    );
  }
  const word = name.replace(/^(?:octavo|mod)-/u, "");
  const spoken = word.replaceAll("-", " ");
  return ok({ product: name, word, title: spoken.charAt(0).toUpperCase() + spoken.slice(1) });
}

/** The template's text for another module than the example. */
export function renamed(text: string, { product, word, title }: ModuleNames): string {
  return text
    .replaceAll("octavo_example", product.replaceAll("-", "_"))
    .replaceAll("octavo-example", product)
    .replaceAll(/\bexample\b/gu, word)
    .replaceAll(/\bExample\b/gu, title);
}
