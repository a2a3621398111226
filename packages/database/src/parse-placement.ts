import { err, ok, type Result } from "@octavo/result";
import { type Cluster, identityOf, mistakeOfUrl } from "./cluster.ts";
import type { Placement, PlacementRule } from "./placement.ts";
import { isDatabaseName } from "./schema-name.ts";

/** What `OCTAVO_PLACEMENT` says. */
export interface PlacementConfig {
  readonly placement: Placement;
  /** Beside "main", which is that of OCTAVO_DB_URL. */
  readonly clusters: Readonly<Record<string, Cluster>>;
}

const CLUSTER = /^[a-z][a-z0-9-]{0,30}$/u;

/** Reads the JSON of a placement.
 *
 *     { "clusters": { "big": { "url": "postgres://...", "adminUrl": "postgres://..." } },
 *       "default": { "database": "folio" },
 *       "modules": { "octavo-marc": { "database": "marc_{tenant}" } },
 *       "tenants": { "uni": { "cluster": "big", "database": "uni" } },
 *       "pairs": [{ "tenant": "uni", "module": "octavo-marc", "database": "uni_marc" }] }
 *
 * A rule without a database means that of its cluster's URL.
 * @param mainUrl OCTAVO_DB_URL, which has no mistake
 * @returns or every mistake, each with its place */
export function parsePlacement(text: string, mainUrl: string): Result<PlacementConfig, readonly string[]> {
  const reader = new PlacementReader(identityOf(mainUrl).database);
  const config = reader.read(text);
  return reader.mistakes.length === 0 ? ok(config) : err(reader.mistakes);
}

type Fields = Readonly<Record<string, unknown>>;

class PlacementReader {
  readonly mistakes: string[] = [];
  readonly #ownDatabase: string;
  #clusters: Readonly<Record<string, Cluster>> = {};

  constructor(ownDatabase: string) {
    this.#ownDatabase = ownDatabase;
  }

  read(text: string): PlacementConfig {
    const root = this.#object("the placement", this.#json(text), [
      "clusters",
      "default",
      "modules",
      "tenants",
      "pairs",
    ]);
    this.#clusters = this.#each("clusters", root["clusters"], (at, value) => this.#cluster(at, value));
    const rule = (at: string, value: unknown): PlacementRule =>
      this.#rule(at, this.#object(at, value, ["cluster", "database"]));
    return {
      clusters: this.#clusters,
      placement: {
        default: rule("default", root["default"] ?? {}),
        modules: this.#each("modules", root["modules"], rule),
        tenants: this.#each("tenants", root["tenants"], rule),
        pairs: this.#list("pairs", root["pairs"]).map((value, n) => this.#pair(`pairs[${n}]`, value)),
      },
    };
  }

  #json(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      this.#mistake("the placement", `is no JSON: ${error instanceof Error ? error.message : String(error)}`);
      return {};
    }
  }

  #cluster(at: string, value: unknown): Cluster {
    const fields = this.#object(at, value, ["url", "adminUrl"]);
    const name = at.slice(at.indexOf(".") + 1);
    if (name === "main") this.#mistake(at, "is that of OCTAVO_DB_URL: give it another name");
    else if (!CLUSTER.test(name)) this.#mistake(at, 'must be called by a-z, 0-9 and "-"');
    const url = this.#url(`${at}.url`, fields["url"] ?? "");
    const { adminUrl = null } = fields;
    return { url, adminUrl: adminUrl === null ? null : this.#url(`${at}.adminUrl`, adminUrl) };
  }

  /** Says nothing of what is in it: it has a password. */
  #url(at: string, value: unknown): string {
    const url = typeof value === "string" ? value : "";
    const mistake = mistakeOfUrl(url);
    if (mistake !== null) this.#mistake(at, mistake);
    return url;
  }

  #pair(at: string, value: unknown): Placement["pairs"][number] {
    const fields = this.#object(at, value, ["tenant", "module", "cluster", "database"]);
    const name = (key: "tenant" | "module"): string => {
      const given = fields[key];
      if (typeof given === "string" && given !== "") return given;
      this.#mistake(`${at}.${key}`, "is missing");
      return "";
    };
    return { tenant: name("tenant"), module: name("module"), ...this.#rule(at, fields) };
  }

  #rule(at: string, { cluster = "main", ...others }: Fields): PlacementRule {
    const isKnown =
      typeof cluster === "string" && (cluster === "main" || Object.hasOwn(this.#clusters, cluster));
    const own = isKnown ? this.#databaseOf(cluster) : "";
    const { database = own } = others;
    if (!isKnown) this.#mistake(`${at}.cluster`, `${JSON.stringify(cluster)} is none of the clusters`);
    const pattern = typeof database === "string" ? database : "";
    const example = pattern.replace("{tenant}", "t").replace("{module}", "m");
    if (!isDatabaseName(example) && pattern !== own) {
      this.#mistake(
        `${at}.database`,
        `${JSON.stringify(database)} cannot be a database: use a-z, 0-9, "_", {tenant} and {module}`,
      );
    }
    return { cluster: String(cluster), database: pattern };
  }

  /** Where a rule names a cluster and no database. */
  #databaseOf(cluster: string): string {
    const url = this.#clusters[cluster]?.url;
    return url === undefined || mistakeOfUrl(url) !== null ? this.#ownDatabase : identityOf(url).database;
  }

  #each<T>(at: string, value: unknown, read: (at: string, value: unknown) => T): Readonly<Record<string, T>> {
    const entries = Object.entries(this.#object(at, value ?? {}, null));
    return Object.fromEntries(entries.map(([name, each]) => [name, read(`${at}.${name}`, each)]));
  }

  #list(at: string, value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value;
    if (value !== undefined) this.#mistake(at, "must be an array");
    return [];
  }

  #object(at: string, value: unknown, names: readonly string[] | null): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.#mistake(at, "must be an object");
      return {};
    }
    for (const name of Object.keys(value)) {
      if (names !== null && !names.includes(name))
        this.#mistake(`${at}.${name}`, `is not known: use ${names.join(", ")}`);
    }
    return value as Fields; // an object that is no array
  }

  #mistake(at: string, sentence: string): void {
    this.mistakes.push(`${at} ${sentence}`);
  }
}
