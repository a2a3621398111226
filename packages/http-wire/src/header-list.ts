/** Headers as a flat list: name, value, name, value ... Names in any case. */
export type HeaderList = readonly string[];

/** The value of the first header of this name; `name` in lower case. Asked many times of every request: names of another
 * length are not even looked at. */
export function headerOf(headers: HeaderList, name: string): string | null {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const each = headers[at];
    if (each?.length === name.length && each.toLowerCase() === name) return headers[at + 1] ?? null;
  }
  return null;
}

/** Every value of this name, in order; `name` in lower case. */
export function headersOf(headers: HeaderList, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const each = headers[at];
    if (each?.length === name.length && each.toLowerCase() === name) values.push(headers[at + 1] ?? "");
  }
  return values;
}

export function* headerPairs(headers: HeaderList): Generator<readonly [name: string, value: string]> {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    yield [headers[index] ?? "", headers[index + 1] ?? ""];
  }
}
