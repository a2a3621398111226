/** Headers as a flat list: name, value, name, value ... Names in any case. */
export type HeaderList = readonly string[];

/** The value of the first header of this name; `name` in lower case. */
export function headerOf(headers: HeaderList, name: string): string | null {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const value = headers[index + 1];
    if (value !== undefined && headers[index]?.toLowerCase() === name) return value;
  }
  return null;
}

/** Every value of this name, in order; `name` in lower case. */
export function headersOf(headers: HeaderList, name: string): string[] {
  const values: string[] = [];
  for (const [each, value] of headerPairs(headers)) if (each.toLowerCase() === name) values.push(value);
  return values;
}

export function* headerPairs(headers: HeaderList): Generator<readonly [name: string, value: string]> {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    yield [headers[index] ?? "", headers[index + 1] ?? ""];
  }
}
