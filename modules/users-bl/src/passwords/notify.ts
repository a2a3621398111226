import { type Calls, type Log, Type, isAbsent } from "@octavo/module-kit";

/** What mod-notify makes a message of. */
export interface Notification {
  readonly eventConfigName: string;
  readonly recipientId: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Whether somebody in the tenant sends messages. The route is asked for something that this module may not read: it is there where that is refused. */
export async function hasNotify(calls: Calls): Promise<boolean> {
  const asked = await calls.send({
    method: "GET",
    path: "/notify",
    query: { limit: 0 },
    answer: Type.Unknown(),
  });
  return asked.ok || !isAbsent(asked.error);
}

/** A message that is not taken undoes nothing of what it tells; the log says it. */
export async function send(calls: Calls, { context, ...rest }: Notification, log: Log): Promise<void> {
  const body = { ...rest, text: "", lang: "en", context };
  const sent = await calls.send({ method: "POST", path: "/notify", body, answer: Type.Unknown() });
  if (sent.ok) return;
  const because = sent.error.kind === "refused" ? `it answered ${sent.error.status}` : sent.error.kind;
  log.error(
    { event: rest.eventConfigName, recipientId: rest.recipientId, because },
    "a message was not taken by notify",
  );
}
