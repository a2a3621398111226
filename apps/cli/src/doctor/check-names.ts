import { unknownVariables } from "@octavo/gateway/variables";
import { variables } from "../environment.ts";
import { nearest } from "../nearest.ts";
import { fine, odd, type Finding } from "./finding.ts";

/** A misspelt variable is silently not read: this is where somebody notices. */
export function checkNames(env: Readonly<Record<string, string | undefined>>): readonly Finding[] {
  const known = variables.map((each) => each.name);
  const unknown = unknownVariables(env, known);
  if (unknown.length === 0) {
    const read = known.filter((name) => (env[name] ?? "") !== "");
    return [
      fine("Variables", read.length === 0 ? "none set: defaults throughout" : `set: ${read.join(", ")}`),
    ];
  }
  return unknown.map((name) => {
    const meant = nearest(name, known);
    return odd(
      "Variables",
      `${name} is set, and nothing reads it`,
      meant === null ? "see: octavo help environment" : `did you mean ${meant}?`,
    );
  });
}
