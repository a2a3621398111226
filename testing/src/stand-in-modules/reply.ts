/** How a stand-in module answers one call.
 * - answer: with this status and body, after a while if so wished;
 * - job: as a `_tenant` 2.0 module that works on: 201, Location and a JSON job, complete at the `polls`th look, with `error`
 *   and `messages` where it fails. `location`, `body` and `id` replace what a good module says; null leaves them out;
 * - held: as the other reply, once the promise is settled;
 * - hang: never; the connection stays open;
 * - cut: the connection is closed instead, as when the process dies;
 * - half: the head of an answer, and then the connection is closed. */
export type Reply =
  | {
      readonly as: "answer";
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly afterMs?: number;
    }
  | {
      readonly as: "job";
      readonly polls?: number;
      readonly error?: string;
      readonly messages?: readonly string[];
      readonly location?: string | null;
      readonly id?: null;
      readonly body?: string;
    }
  | { readonly as: "held"; readonly until: Promise<unknown>; readonly reply: Reply }
  | { readonly as: "hang" }
  | { readonly as: "cut" }
  | { readonly as: "half" };

export const answer = (status: number, body = ""): Reply => ({ as: "answer", status, body });
export const late = (afterMs: number, status: number, body = ""): Reply => ({
  as: "answer",
  status,
  body,
  afterMs,
});
export const job = (work: Omit<Extract<Reply, { as: "job" }>, "as"> = {}): Reply => ({ as: "job", ...work });
export const heldUntil = (until: Promise<unknown>, reply: Reply): Reply => ({ as: "held", until, reply });
export const hang: Reply = { as: "hang" };
export const cut: Reply = { as: "cut" };
export const half: Reply = { as: "half" };
