import { defineInterface, defineModule, route, Type } from "@octavo/module-kit";

/** A module without tables, for tests of `octavo module run`. */
export const greetings = defineModule({
  name: "octavo-greetings",
  version: "1.0.0",
  title: "Greetings",
  interfaces: [
    defineInterface("greetings", "1.0", [
      route({
        method: "GET",
        path: "/greetings/{name}",
        permissionsRequired: ["greetings.item.get"],
        answers: { 200: Type.Object({ text: Type.String(), tenant: Type.String() }) },
        handle: ({ params, context }) => ({
          status: 200,
          body: { text: `Good morning, ${params.name}`, tenant: context.tenantId },
        }),
      }),
    ]),
  ],
});
