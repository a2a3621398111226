import {
  conflict,
  consumeOnce,
  consumers,
  defineCache,
  defineInterface,
  defineJob,
  defineModule,
  defineState,
  expand,
  feedRoute,
  jobs,
  keyedWrite,
  notFound,
  outbox,
  requestKeys,
  route,
  sql,
  state,
  type Transaction,
  Type,
} from "@octavo/module-kit";

// 1. What is needed for a while, by whichever instance comes next: state, with an end.
const Basket = Type.Object({ barcodes: Type.Array(Type.String()) });
const baskets = defineState({ name: "baskets", value: Basket, ttlSeconds: 3600, mostEntries: 5000 });

const scan = route({
  method: "POST",
  path: "/desk/baskets/{id}/scans",
  permissionsRequired: ["desk.scans.post"],
  body: Type.Object({ barcode: Type.String() }),
  answers: { 200: Basket },
  handle: async ({ params, body, db, context }) => {
    const add = (basket: { barcodes: string[] } | null) => ({
      barcodes: [...(basket?.barcodes ?? []), body.barcode],
    });
    const options = context.userId === null ? {} : { owner: context.userId };
    const scanned = await db.tx((tx) => baskets.update(tx, params.id, add, options));
    return scanned.ok
      ? { status: 200, body: scanned.value }
      : conflict(`the basket is ${scanned.error.kind}`);
  },
});

// 2. What takes long or comes later: a job. Each transaction of it is a checkpoint, its last one ends it together with its effect.
const remind = defineJob("remind", {
  payload: Type.Object({ barcode: Type.String() }),
  run: async (job) => {
    await job.finish(async (tx) => {
      await tx.run(sql`update loan set reminders = reminders + 1 where barcode = ${job.payload.barcode}`);
    });
  },
});

// 3. What others learn of it: events, written with the rows that they tell of and sent after them.
const events = outbox();

// A client that repeats a request with its Idempotency-Key gets the first answer; loan, event and job are there once.
const lend = route({
  method: "POST",
  path: "/desk/baskets/{id}/loans",
  permissionsRequired: ["desk.loans.post"],
  answers: { 201: Type.Object({ lent: Type.Integer() }) },
  handle: (call) =>
    keyedWrite(call, "POST /desk/baskets/{id}/loans", async (tx) => {
      const basket = await baskets.get(tx, call.params.id);
      if (basket === null) throw notFound("basket", call.params.id);
      for (const barcode of basket.value.barcodes) {
        await tx.run(sql`insert into loan (barcode) values (${barcode})`);
        await events.publish(tx, { type: "loan.made", key: barcode, payload: { barcode } });
        await remind.enqueue(tx, { barcode }, { key: barcode });
      }
      await baskets.delete(tx, call.params.id);
      return { status: 201, body: { lent: basket.value.barcodes.length } };
    }),
});

// 4. What may be a little old: the only thing that a process keeps in memory, with a bound of time and number.
const policies = defineCache("policies", async (tenantId) => `policy of ${tenantId}`, {
  ttlSeconds: 30,
  max: 100,
});

const policy = route({
  method: "GET",
  path: "/desk/policy",
  permissionsRequired: ["desk.policy.get"],
  answers: { 200: Type.Object({ policy: Type.String() }) },
  handle: async ({ context }) => ({
    status: 200,
    body: { policy: await policies.get(context.tenantId, "current") },
  }),
});

/** What a module does with the events of another: once, however often one comes. */
export const onReturned = (
  tx: Transaction,
  event: { id: string; payload: { barcode: string } },
): Promise<boolean> =>
  consumeOnce(tx, "desk", event, async () => {
    await tx.run(sql`delete from loan where barcode = ${event.payload.barcode}`);
  });

export const lendingDesk = defineModule({
  name: "octavo-lending-desk",
  version: "1.0.0",
  title: "Lending desk",
  parts: [state(), jobs([remind]), events, requestKeys(), consumers()],
  steps: [expand("loan", "create table loan (barcode text primary key, reminders int not null default 0)")],
  interfaces: [
    defineInterface("lending-desk", "1.0", [
      scan,
      lend,
      policy,
      feedRoute("/desk/events", ["desk.events.get"]),
    ]),
  ],
});
