import { readdirSync, readFileSync } from "node:fs";

/** What every entry of a data file may have. */
interface FileEntry {
  readonly name: string;
  /** A word for the name -> what takes the place of `{}` everywhere: one vector for each. */
  readonly each?: Readonly<Record<string, string>>;
}

/** Reads a folder of vectors.
 * @returns idea (a file's name) -> its entries, each filled in */
export function readEntries<Entry extends FileEntry>(folder: URL): ReadonlyMap<string, readonly Entry[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return new Map(
    files.map((file) => {
      // as: the files are ours and have this shape
      const entries = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as readonly Entry[];
      return [file.replace(/\.json$/u, ""), entries.flatMap(filled)];
    }),
  );
}

function filled<Entry extends FileEntry>(entry: Entry): Entry[] {
  const { each, name, ...rest } = entry;
  if (each === undefined) return [entry];
  return Object.entries(each).map(([word, value]) => {
    const fill = (_key: string, part: unknown) =>
      typeof part === "string" ? part.replaceAll("{}", () => value) : part;
    const text = JSON.stringify(rest);
    return { ...JSON.parse(text, fill), name: name.replace("{}", () => word) } as Entry; // as: it was one before
  });
}

/** `@(text*n)` stands for n repetitions. */
export function expand(text: string): string {
  return text.replaceAll(/@\(([^*]*)\*(\d+)\)/gs, (_all, repeated: string, count: string) =>
    repeated.repeat(Number(count)),
  );
}
