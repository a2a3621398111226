/** One statement, `$1` ... for its values. What a user gave is in `values` only; the text is the module's own and the same for all
 * tenants, so that it is prepared once for each connection. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A name of a table, column, schema or role within a statement, quoted. */
export class Name {
  readonly quoted: string;
  constructor(name: string) {
    this.quoted = `"${name.replaceAll('"', '""')}"`;
  }
}

/** A piece of a statement, made by `sql`; it is one itself. */
export class Sql implements Statement {
  readonly #strings: readonly string[];
  readonly values: readonly unknown[];
  #text: string | null = null;

  constructor(strings: readonly string[], values: readonly unknown[]) {
    this.#strings = strings;
    this.values = values;
  }

  get strings(): readonly string[] {
    return this.#strings;
  }

  get text(): string {
    this.#text ??= this.#strings.reduce((text, string, at) => `${text}$${at}${string}`);
    return this.#text;
  }
}

/** Writes a statement with bound values; pieces made by `sql` and names go in as they are.
 *
 *     sql`select jsonb from ${name("tags")} where id = ${id} and ${condition}` */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  const texts: string[] = [strings[0] ?? ""];
  const bound: unknown[] = [];
  const append = (text: string): void => {
    texts[texts.length - 1] += text;
  };
  for (const [at, value] of values.entries()) {
    if (value instanceof Name) append(value.quoted);
    else if (value instanceof Sql) {
      append(value.strings[0] ?? "");
      for (const [n, inner] of value.values.entries()) {
        bound.push(inner);
        texts.push(value.strings[n + 1] ?? "");
      }
    } else {
      bound.push(value);
      texts.push("");
    }
    append(strings[at + 1] ?? "");
  }
  return new Sql(texts, bound);
}

export function name(name: string): Name {
  return new Name(name);
}

/** Pieces one after another. */
export function join(pieces: readonly Sql[], between: Sql): Sql {
  const [first, ...others] = pieces;
  return others.reduce((left, right) => sql`${left}${between}${right}`, first ?? sql``);
}

/** A statement that something else has printed, `$1` ... in their order at first use, as a piece.
 * @param text without `$` followed by a digit anywhere but at its values */
export function printed({ text, values }: Statement): Sql {
  const strings: string[] = [];
  const bound: unknown[] = [];
  let end = 0;
  for (const match of text.matchAll(/\$(\d+)/gu)) {
    strings.push(text.slice(end, match.index));
    bound.push(values[Number(match[1]) - 1]);
    end = match.index + match[0].length;
  }
  return new Sql([...strings, text.slice(end)], bound);
}
