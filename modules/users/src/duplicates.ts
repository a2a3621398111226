import { Duplicate, Refusal, type Route } from "@octavo/module-kit";

/** The same routes, which say in mod-users' words that something is there already.
 * @param textOf of the field that two may not share */
export function worded(routes: readonly Route[], textOf: (field: string) => string | null): readonly Route[] {
  return routes.map((route) => ({
    ...route,
    handle: async (call) => {
      try {
        return await route.handle(call);
      } catch (cause) {
        throw cause instanceof Duplicate ? inWords(cause, 422, textOf) : cause;
      }
    },
  }));
}

export function inWords(
  duplicate: Duplicate,
  status: 400 | 422,
  textOf: (field: string) => string | null,
): Refusal {
  const errors = duplicate.errors.map((error) => ({
    ...error,
    message: textOf(error.parameters?.[0]?.key ?? "") ?? error.message,
  }));
  return new Refusal(status, errors, {}, { cause: duplicate });
}
