import { readText, type RunningModule, startHttpModule } from "./http-module.ts";

/** A request as a module saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly target: string;
  /** Names in lower case; several of one name as a list joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface MirrorAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Default: the request as JSON. */
  readonly body?: string;
}

export interface MirrorModule extends RunningModule {
  /** Every request whose body has ended, in order of their ends. */
  readonly seen: readonly SeenRequest[];
  /** Resolves with the next request that has `text` in its target, also when it has been seen already. */
  sees(text: string): Promise<SeenRequest>;
}

/** Answers with what it saw. What it is told to answer instead may depend on the request. */
export async function startMirrorModule(
  answerTo: (request: SeenRequest) => MirrorAnswer = () => ({}),
): Promise<MirrorModule> {
  const seen: SeenRequest[] = [];
  const waiting: { readonly text: string; readonly resolve: (request: SeenRequest) => void }[] = [];
  const module = await startHttpModule(async (request, response) => {
    const headers: Record<string, string> = {};
    for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
      const name = request.rawHeaders[at]?.toLowerCase() ?? "";
      const value = request.rawHeaders[at + 1] ?? "";
      headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
    }
    const body = await readText(request);
    const one = { method: request.method ?? "", target: request.url ?? "", headers, body };
    seen.push(one);
    for (const each of waiting) if (one.target.includes(each.text)) each.resolve(one);
    const answer = answerTo(one);
    const text = answer.body ?? JSON.stringify(one);
    response.statusCode = answer.status ?? 200;
    response.setHeader("Content-Type", "application/json");
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    response.end(text);
  });
  return {
    ...module,
    seen,
    sees: (text) => {
      const before = seen.find(({ target }) => target.includes(text));
      if (before !== undefined) return Promise.resolve(before);
      return new Promise((resolve) => waiting.push({ text, resolve }));
    },
  };
}
