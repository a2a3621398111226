import { randomUUID } from "node:crypto";
import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Where files are written before they are moved to their place. What a killed process left is removed when the store is opened. */
export class Incoming {
  readonly #folder: string;
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes and syncs a file, and gives it to `use`, which moves it away; what it leaves is removed. */
  async with<T>(
    body: AsyncIterable<Uint8Array>,
    trailer: () => Uint8Array,
    use: (path: string) => Promise<T>,
  ): Promise<T> {
    const path = join(this.#folder, randomUUID());
    try {
      const file = await open(path, "wx", 0o600);
      try {
        for await (const bytes of body) await file.writeFile(bytes);
        await file.writeFile(trailer());
        await file.sync();
      } finally {
        await file.close();
      }
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  async removeOlderThan(moment: Date): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const about = await stat(path).catch(() => null); // another process may have moved it meanwhile
      if (about !== null && about.mtime < moment) await rm(path, { force: true });
    }
  }
}
