import { Duplicate, Refusal } from "@octavo/module-kit";

/** What mod-notes says, in its words. */
const TYPE = "-1";

export function noSuch(what: "Note" | "Note type", id: string): Refusal {
  return new Refusal(404, [
    { message: `${what} with ID [${id}] was not found`, type: TYPE, code: "NOT_FOUND_ERROR" },
  ]);
}

export function tooManyTypes(limit: number): Refusal {
  const message = `Maximum number of note types allowed is ${limit}`;
  return new Refusal(422, [{ message, type: TYPE, code: "VALIDATION_ERROR" }]);
}

/** A refused write of a type: the name that is there already is told as PostgreSQL tells it. */
export function nameTaken(cause: unknown, name: string): unknown {
  if (!(cause instanceof Duplicate) || cause.errors[0]?.parameters?.[0]?.key !== "name") return cause;
  const message = `Key (name)=(${name}) already exists.`;
  return new Refusal(422, [{ message, type: TYPE, code: "VALIDATION_ERROR" }]);
}
