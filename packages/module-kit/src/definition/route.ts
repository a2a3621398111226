import type { HomeDatabase, ReadTransaction, Transaction } from "@octavo/database";
import type { Static, TSchema } from "typebox";
import type { Calls } from "../calls/calls.ts";
import type { RequestObjects } from "../objects/request-objects.ts";
import type { Answer, Answers, AnyAnswer, Bytes } from "./answer.ts";
import type { PathParameter } from "./path-parameters.ts";
import type { RequestContext } from "./request-context.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a handler has of the database: transactions of this request's tenant.
 * @throws as ModuleDatabase of `@octavo/database` does; the server answers for what is not caught */
export interface RequestDatabase {
  tx<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  read<T>(work: (tx: ReadTransaction) => Promise<T>): Promise<T>;
}

/** Everything that a handler is given: nothing of it outlives the request. */
export interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly context: RequestContext;
  readonly db: RequestDatabase;
  /** The module as it runs here, for routes of the kit's rooms whose rows are not a tenant's. */
  readonly module: { readonly id: string; readonly home: HomeDatabase };
  /** Other modules, through the gateway, as this caller. */
  readonly calls: Calls;
  /** Files of this tenant in this module. */
  readonly objects: RequestObjects;
  /** The rest of the request's head; names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** One method of one path, as its author writes it. Descriptor, OpenAPI, validation and serialisation are made of this. */
export interface RouteInput<
  Path extends string,
  Params extends TSchema | undefined,
  Query extends TSchema | undefined,
  Body extends TSchema | Bytes | undefined,
  Declared extends Answers,
> {
  readonly method: Method;
  /** "/tags/{id}": a pathPattern of the descriptor; a parameter takes one segment. */
  readonly path: Path;
  /** One line for OpenAPI, "Gives a tag". */
  readonly summary?: string;
  /** Without it: any valid token of the tenant. */
  readonly permissionsRequired?: readonly string[];
  readonly permissionsDesired?: readonly string[];
  /** What calls of this route to other modules may do besides what the caller may. */
  readonly modulePermissions?: readonly string[];
  /** Also without a token (DECISIONS 1); a plan shows such a route to the operator. */
  readonly isPublic?: boolean;
  /** Without it each parameter is a string. Numbers and booleans are read from the text. */
  readonly params?: Params;
  /** A property that is a list takes `?a=1&a=2`. What is not declared is not handed on. */
  readonly query?: Query;
  /** A schema: JSON, read and checked whole. `bytes`: an AsyncIterable of pieces. */
  readonly body?: Body;
  /** Longest JSON body; without it 10 MiB. */
  readonly bodyLimitBytes?: number;
  readonly answers: Declared;
  readonly handle: (
    call: Call<ParamsOf<Path, Params>, StaticOf<Query, undefined>, BodyOf<Body>>,
  ) => Answer<Declared> | Promise<Answer<Declared>>;
}

type StaticOf<Schema, Otherwise> = Schema extends TSchema ? Static<Schema> : Otherwise;
type ParamsOf<Path extends string, Params> = StaticOf<
  Params,
  { readonly [Name in PathParameter<Path>]: string }
>;
type BodyOf<Body> = Body extends Bytes ? AsyncIterable<Uint8Array> : StaticOf<Body, undefined>;

/** A route whose types are no longer known to the compiler: what the server, the descriptor and OpenAPI read. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly summary: string | null;
  readonly permissionsRequired: readonly string[];
  readonly permissionsDesired: readonly string[];
  /** Null: calls go on with the caller's own token. */
  readonly modulePermissions: readonly string[] | null;
  readonly isPublic: boolean;
  readonly params: TSchema | null;
  readonly query: TSchema | null;
  readonly body: TSchema | Bytes | null;
  readonly bodyLimitBytes: number;
  readonly answers: Answers;
  readonly handle: (call: Call<unknown, unknown, unknown>) => AnyAnswer | Promise<AnyAnswer>;
}

const BODY_LIMIT_BYTES = 10 * 1024 ** 2;

/** States one route; the handler's `params`, `query`, `body` and answers have the types of the schemas. */
export function route<
  const Path extends string,
  const Declared extends Answers,
  Params extends TSchema | undefined = undefined,
  Query extends TSchema | undefined = undefined,
  Body extends TSchema | Bytes | undefined = undefined,
>(input: RouteInput<Path, Params, Query, Body, Declared>): Route {
  return {
    method: input.method,
    path: input.path,
    summary: input.summary ?? null,
    permissionsRequired: input.permissionsRequired ?? [],
    permissionsDesired: input.permissionsDesired ?? [],
    modulePermissions: input.modulePermissions ?? null,
    isPublic: input.isPublic ?? false,
    params: input.params ?? null,
    query: input.query ?? null,
    body: input.body ?? null,
    bodyLimitBytes: input.bodyLimitBytes ?? BODY_LIMIT_BYTES,
    answers: input.answers,
    // as: the server hands it values that the same schemas have checked
    handle: input.handle as unknown as Route["handle"],
  };
}
