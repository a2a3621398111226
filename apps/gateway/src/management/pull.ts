import type { ModuleDescriptor } from "@octavo/descriptor";
import { isJsonArray, isJsonObject, parseJson, printCompact } from "@octavo/json";
import { parseBody, PullDescriptor } from "@octavo/management-api";
import { indexModules, keepAvailable } from "@octavo/resolution";
import { err, ok, type Result } from "@octavo/result";
import { fetchLimited } from "./fetch-limited.ts";
import { gatewayInterfaces } from "./gateway-interfaces.ts";
import type { Refusal } from "./handler.ts";
import type { Log } from "../log.ts";
import { brief } from "./module-list.ts";
import { checkOutgoingUrl } from "./outgoing-url.ts";
import type { Handler } from "./platform.ts";
import { readBody } from "./read-body.ts";
import { descriptorFrom } from "./read-descriptors.ts";
import { badRequest, notFound } from "./refusals.ts";
import { json } from "./reply.ts";
import { write } from "./write.ts";

const mebibyte = 1_048_576;
const versionLimits = { timeoutMs: 10_000, maxBytes: 4_096 };
const listLimits = { timeoutMs: 120_000, maxBytes: 256 * mebibyte };

/** Makes known what another platform knows: the first of the URLs that answers is read. What does not parse there, and what
 * does not find what it requires, is left out. Nothing of the caller is passed on. */
export const pullModules: Handler = async (call, platform) => {
  const body = readBody(call, (json) => parseBody(PullDescriptor, json));
  if (!body.ok) return body;
  const urls: URL[] = [];
  for (const text of body.value.urls) {
    const checked = checkOutgoingUrl(text);
    if (!checked.ok) return badRequest(checked.error);
    urls.push(checked.value);
  }
  const remote = await firstThatAnswers(urls, platform.log);
  if (remote === null) return notFound("pull: none of remote URLs work");
  const offered = await readOffer(remote, platform.log);
  if (!offered.ok) return offered;
  return write(call, platform, remote.href, (snapshot) => {
    const news = offered.value.filter(({ id, product }) => product !== "okapi" && !snapshot.modules.has(id));
    const index = indexModules(news);
    const { kept } = keepAvailable(snapshot.modules.with(index.all()), index.all(), {
      gatewayProvides: gatewayInterfaces,
    });
    return ok({
      changes: kept.map((module) => ({ kind: "module.added", module })),
      reply: json(
        200,
        kept.map((module) => brief(module, true)),
      ),
    });
  });
};

async function firstThatAnswers(urls: readonly URL[], log: Log): Promise<URL | null> {
  for (const url of urls) {
    const answer = await fetchLimited(under(url, "_/version"), versionLimits);
    if (answer.ok && answer.value.status === 200) return url;
    log.warn(
      { url: url.href, because: answer.ok ? `status ${answer.value.status}` : answer.error },
      "pull source failed",
    );
  }
  return null;
}

async function readOffer(remote: URL, log: Log): Promise<Result<readonly ModuleDescriptor[], Refusal>> {
  const answer = await fetchLimited(under(remote, "_/proxy/modules?full=true"), listLimits);
  if (!answer.ok) return badRequest(`pull from ${remote.href} failed: ${answer.error}`);
  if (answer.value.status !== 200) return badRequest(answer.value.body);
  const json = parseJson(answer.value.body);
  if (!json.ok) return badGateway(remote, json.error.message);
  if (!isJsonArray(json.value) || !json.value.every(isJsonObject))
    return badGateway(remote, "it is no list of objects");
  const modules: ModuleDescriptor[] = [];
  for (const item of json.value) {
    const module = descriptorFrom(item);
    if (module.ok) modules.push(module.value);
    else
      log.warn(
        { url: remote.href, module: printCompact(item.get("id") ?? null), because: module.error },
        "pull left out a module",
      );
  }
  return ok(modules);
}

/** Okapi says 500: what is wrong is not the caller's. */
function badGateway(remote: URL, because: string) {
  return err<Refusal>({
    kind: "internal",
    message: `pull from ${remote.href}: the answer cannot be read: ${because}`,
  });
}

function under(base: URL, path: string): URL {
  return new URL(path, base.href.endsWith("/") ? base : `${base.href}/`);
}
