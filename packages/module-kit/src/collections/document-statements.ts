import { name, type Statement } from "@octavo/database";

export interface CollectionTraits {
  readonly isVersioned: boolean;
  readonly hasMetadata: boolean;
}

/** The statements that read and write documents one by one and in batches. Their texts are made once, so that each is prepared once for
 * a connection. */
export class DocumentStatements {
  readonly #texts: Texts;
  readonly #traits: CollectionTraits;

  constructor(table: string, traits: CollectionTraits) {
    this.#texts = textsOf(table, traits);
    this.#traits = traits;
  }

  /** Gives `stored`: what was added to the document. */
  insert(id: string, document: string, userId: string | null): Statement {
    return { text: this.#texts.insert, values: [id, document, ...this.#by(userId)] };
  }

  /** Gives `stored`, or no row where there is no such document, or none of this version. */
  update(id: string, document: string, userId: string | null, version: number | null): Statement {
    const versions = this.#traits.isVersioned ? [version] : [];
    return { text: this.#texts.update, values: [id, document, ...this.#by(userId), ...versions] };
  }

  remove(id: string): Statement {
    return { text: this.#texts.remove, values: [id] };
  }

  removeMany(ids: readonly string[]): Statement {
    return { text: this.#texts.removeMany, values: [ids] };
  }

  removeAll(): Statement {
    return { text: this.#texts.removeAll, values: [] };
  }

  /** Gives `document`, as text. */
  select(id: string): Statement {
    return { text: this.#texts.select, values: [id] };
  }

  /** Gives `version`, null where the document has none. */
  selectVersion(id: string): Statement {
    return { text: this.#texts.selectVersion, values: [id] };
  }

  /** Gives `id` and `version` of those that are there, and keeps them for this transaction. */
  lockMany(ids: readonly string[]): Statement {
    return { text: this.#texts.lockMany, values: [ids] };
  }

  /** Gives `id` of those that were not there.
   * @param documents an array, as JSON */
  insertMany(documents: string, userId: string | null): Statement {
    return { text: this.#texts.insertMany, values: [documents, ...this.#by(userId)] };
  }

  /** Replaces rows that are locked. */
  updateMany(documents: string, userId: string | null): Statement {
    return { text: this.#texts.updateMany, values: [documents, ...this.#by(userId)] };
  }

  #by(userId: string | null): readonly (string | null)[] {
    return this.#traits.hasMetadata ? [userId] : [];
  }
}

type Texts = ReturnType<typeof textsOf>;

/** RMB's `_version` begins anew behind the largest integer of Java, so that its clients can read it. */
const VERSIONS = 2_147_483_648;
const NOW = `to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"')`;
const version = "(t.jsonb -> '_version')::bigint";

function textsOf(table: string, { isVersioned, hasMetadata }: CollectionTraits) {
  const { quoted } = name(table);
  const added = (user: string): string =>
    extended({ ...(hasMetadata && { metadata: created(user) }), ...(isVersioned && { _version: "1" }) });
  const changed = (user: string): string =>
    extended({
      ...(hasMetadata && { metadata: updated(user) }),
      ...(isVersioned && { _version: `coalesce((${version} + 1) % ${VERSIONS}, 1)` }),
    });
  const stored = `${objectOf({
    ...(hasMetadata && { metadata: "t.jsonb -> 'metadata'" }),
    ...(isVersioned && { _version: "t.jsonb -> '_version'" }),
  })} as stored`;
  const isCurrent = ` and t.jsonb -> '_version' is not distinct from to_jsonb($${hasMetadata ? 4 : 3}::bigint)`;
  const given = "jsonb_array_elements($1::jsonb) as given(d)";
  return {
    insert: `insert into ${quoted} as t (id, jsonb) values ($1::uuid, $2::jsonb${added("$3")}) returning ${stored}`,
    update: `update ${quoted} as t set jsonb = $2::jsonb${changed("$3")} where t.id = $1::uuid${isVersioned ? isCurrent : ""} returning ${stored}`,
    remove: `delete from ${quoted} where id = $1::uuid`,
    removeMany: `delete from ${quoted} where id = any($1::uuid[])`,
    removeAll: `delete from ${quoted}`,
    select: `select jsonb::text as document from ${quoted} where id = $1::uuid`,
    selectVersion: `select ${version} as version from ${quoted} as t where id = $1::uuid`,
    lockMany: `select id, ${version} as version from ${quoted} as t where id = any($1::uuid[]) order by id for no key update`,
    insertMany: `insert into ${quoted} (id, jsonb) select (d ->> 'id')::uuid, d${added("$2")} from ${given} on conflict (id) do nothing returning id`,
    updateMany: `update ${quoted} as t set jsonb = d${changed("$2")} from ${given} where t.id = (d ->> 'id')::uuid`,
  };
}

function created(user: string): string {
  const by = `${user}::text`;
  return strippedObject({ createdDate: NOW, createdByUserId: by, updatedDate: NOW, updatedByUserId: by });
}

/** Who made it, and when, stays as it was stored, whatever the client sent. Of a row that came with the module nothing is stored: FOLIO's clients
 * expect a date, so its first change gives one. */
function updated(user: string): string {
  const kept = "coalesce(t.jsonb -> 'metadata', '{}') - 'updatedByUserId' - 'updatedByUsername'";
  return `${objectOf({ createdDate: NOW })} || ${kept} || ${strippedObject({ updatedDate: NOW, updatedByUserId: `${user}::text` })}`;
}

function strippedObject(fields: Readonly<Record<string, string>>): string {
  return `jsonb_strip_nulls(${objectOf(fields)})`;
}

function extended(fields: Readonly<Record<string, string>>): string {
  return Object.keys(fields).length === 0 ? "" : ` || ${objectOf(fields)}`;
}

function objectOf(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(([key, value]) => `'${key}', ${value}`);
  return `jsonb_build_object(${pairs.join(", ")})`;
}
