import type { TSchema } from "typebox";
import { errorAnswer } from "./answers.ts";
import { componentSchemas, schemaForm } from "./component-schemas.ts";
import { impliedErrors } from "./implied-errors.ts";
import { internalModuleId } from "./internal-module.ts";
import { parameterNamesOf } from "./match-operation.ts";
import type { Access, Answer, Operation, QueryParameter } from "./operation.ts";
import { operations } from "./operations.ts";
import { Problem } from "./schemas/problem.ts";

/** A JSON object under construction. */
type Json = Readonly<Record<string, unknown>>;

const tags: Readonly<Record<string, string>> = {
  modules: "Modules that are known",
  tenants: "Tenants, their modules, jobs, interfaces and timers",
  discovery: "Instances of modules and nodes of the gateway",
  deployment: "Modules that one node runs",
  env: "Environment variables of modules",
  health: "Whether the gateway answers",
  version: "Version of Okapi's API",
  octavo: "Version of Octavo",
  openapi: "This document",
  operators: "Who may use this API",
  plans: "Explained plans",
  jobs: "What is done to tenants' modules, step by step",
  timers: "When modules are called by themselves",
  audit: "Who changed what",
  keys: "Keys that tokens of tenants are signed with",
  identity: "What modules tell of their users",
  instances: "Gateways that share a registry",
  cluster: "All gateways together and what they share",
  events: "What changes, as it happens",
  rewinds: "What a failover of the database has lost",
  metrics: "What a gateway counts",
};

/** The management API as an OpenAPI 3.1 document. The same table gives the same document, key order included.
 * @param version of Octavo */
export function openApiDocument(version: string): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Octavo management API",
      version,
      description: `Okapi's management API (${internalModuleId}) and Octavo's additions under /_/octavo/. In bodies, null is the same as absent.`,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: paths(),
    components: {
      schemas: Object.fromEntries(componentSchemas(allSchemas())),
      responses: sharedResponses(),
      parameters: { IdempotencyKey: idempotencyKey, Wait: wait },
      securitySchemes: {
        okapiToken: {
          type: "apiKey",
          in: "header",
          name: "X-Okapi-Token",
          description: "Token of an operator, or of a user or module of a tenant",
        },
      },
    },
  };
}

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Calls with the same key are done once; a repeated call gets the first answer",
  schema: { type: "string" },
};

const wait = {
  name: "wait",
  in: "query",
  required: false,
  description:
    "How long an answer is held until every gateway has applied the write: all answers 504 where one has not after two " +
    "seconds, none does not wait; without it X-Octavo-Applied tells how many have",
  schema: { type: "string", enum: ["all", "none"] },
};

function paths(): Json {
  const byPath = new Map<string, Record<string, unknown>>();
  for (const operation of operations) {
    const methods = byPath.get(operation.path) ?? {};
    methods[operation.method.toLowerCase()] = operationForm(operation);
    byPath.set(operation.path, methods);
  }
  return Object.fromEntries(byPath);
}

function operationForm(operation: Operation): Json {
  const { name, access, summary, body } = operation;
  return {
    operationId: name,
    tags: [name.split(".")[0]],
    summary,
    parameters: [
      ...parameterNamesOf(operation.path).map(pathParameter),
      ...operation.query.map(queryParameter),
      ...(operation.writes
        ? [{ $ref: "#/components/parameters/IdempotencyKey" }, { $ref: "#/components/parameters/Wait" }]
        : []),
    ],
    ...(body !== null && {
      requestBody: {
        required: !body.isOptional,
        description: `At most ${body.limitBytes} bytes`,
        content: { [body.contentType]: { schema: schemaForm(body.schema) } },
      },
    }),
    responses: responses(operation.answers),
    security: access.kind === "public" ? [] : [{ okapiToken: [] }],
    ...(access.kind !== "public" && { "x-octavo-access": accessForm(access) }),
  };
}

function pathParameter(name: string): Json {
  return { name, in: "path", required: true, schema: { type: "string", minLength: 1 } };
}

function queryParameter({ name, isRequired, description, schema }: QueryParameter): Json {
  return { name, in: "query", required: isRequired, description, schema: schemaForm(schema) };
}

function accessForm(access: Exclude<Access, { kind: "public" }>): Json {
  if (access.kind === "any-token") return { permission: access.permission, credential: "any token" };
  return {
    permission: access.permission,
    operatorRoles: ["admin", ...access.roles],
    ...(access.self !== null && { ownTenantPermissions: access.self }),
    ...(access.providersOf !== undefined && { modulesThatProvide: access.providersOf }),
  };
}

/** One response per status; answers that share a status differ in their content type. */
function responses(answers: readonly Answer[]): Json {
  const statuses = [...new Set(answers.map(({ status }) => status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const same = answers.filter((answer) => answer.status === status);
      return [status, sharedResponse(same) ?? response(status, same)];
    }),
  );
}

/** Errors that many operations have are in the document once. */
function sharedResponses(): Json {
  return Object.fromEntries(
    impliedErrors.map(({ status, name, description }) => [
      name,
      response(status, [errorAnswer(status, description)]),
    ]),
  );
}

function sharedResponse([answer, ...others]: readonly Answer[]): Json | null {
  if (answer === undefined || others.length > 0 || answer.contentType !== "text/plain") return null;
  const { status, description } = answer;
  const implied = impliedErrors.find((error) => error.status === status && error.description === description);
  return implied === undefined ? null : { $ref: `#/components/responses/${implied.name}` };
}

function response(status: number, answers: readonly Answer[]): Json {
  const content = Object.assign({}, ...answers.map(contentOf)) as Json; // as: Object.assign of many is typed any
  return {
    description: answers.map(({ description }) => description).join(". "),
    ...headersOf(status),
    ...(Object.keys(content).length > 0 && { content }),
  };
}

function contentOf({ status, schema, contentType }: Answer): Json {
  if (schema === null || contentType === null) return {};
  const plain = { [contentType]: { schema: schemaForm(schema) } };
  const isError = status >= 400 && contentType === "text/plain";
  return isError ? { ...plain, "application/problem+json": { schema: schemaForm(Problem) } } : plain;
}

function headersOf(status: number): Json {
  if (status === 201) return { headers: { Location: textHeader("Path of what was created") } };
  if (status === 503)
    return { headers: { "Retry-After": textHeader("Seconds to wait before the next try") } };
  return {};
}

function textHeader(description: string): Json {
  return { description, schema: { type: "string" } };
}

function allSchemas(): readonly TSchema[] {
  const used = operations.flatMap(({ query, body, answers }) => [
    ...query.map(({ schema }) => schema),
    ...(body === null ? [] : [body.schema]),
    ...answers.flatMap(({ schema }) => (schema === null ? [] : [schema])),
  ]);
  return [...used, Problem];
}
