/** What a reader, or a class, is to read. */
export interface ReadingList extends ReadingListBody {
  readonly id: string;
}

export interface ReadingListBody {
  readonly name: string;
  readonly titles: readonly string[];
}

/** Reading lists of all tenants, in memory: gone when the process ends, and not seen by a second instance. A module that
 * libraries use keeps nothing so; this is an example of the HTTP contract alone. */
export class ReadingLists {
  readonly #ofTenants = new Map<string, Map<string, ReadingList>>();

  /** In the order in which they were made. */
  all(tenant: string): readonly ReadingList[] {
    return [...(this.#ofTenants.get(tenant)?.values() ?? [])];
  }

  find(tenant: string, id: string): ReadingList | null {
    return this.#ofTenants.get(tenant)?.get(id) ?? null;
  }

  put(tenant: string, list: ReadingList): void {
    const lists = this.#ofTenants.get(tenant) ?? new Map<string, ReadingList>();
    this.#ofTenants.set(tenant, lists.set(list.id, list));
  }

  forget(tenant: string): void {
    this.#ofTenants.delete(tenant);
  }

  /** @returns whether it was there */
  remove(tenant: string, id: string): boolean {
    return this.#ofTenants.get(tenant)?.delete(id) ?? false;
  }
}

const NAME_LENGTH = 200;
const TITLES = 500;

/** @returns the body of a request as a reading list, or a sentence that says what is wrong with it */
export function readBody(text: string): ReadingListBody | string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return "The body is not JSON";
  }
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return "The body is not a JSON object";
  const { name, titles = [] }: { name?: unknown; titles?: unknown } = body;
  if (typeof name !== "string" || name === "" || name.length > NAME_LENGTH) {
    return `name must be a text of 1 to ${NAME_LENGTH} characters`;
  }
  if (
    !Array.isArray(titles) ||
    titles.length > TITLES ||
    !titles.every((title) => typeof title === "string")
  ) {
    return `titles must be a list of at most ${TITLES} texts`;
  }
  return { name, titles };
}
