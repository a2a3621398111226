import { openApiDocument } from "@octavo/management-api";
import { ok } from "@octavo/result";
import type { Handler } from "./platform.ts";
import { jsonText } from "./reply.ts";

/** The description of this API, as docs/openapi.json has it: both are printed from the table of operations. */
export const getOpenApi: Handler = async (_call, { versions }) =>
  ok(jsonText(200, `${JSON.stringify(openApiDocument(versions.octavo), null, 2)}\n`));
