import {
  parseModuleDescriptor,
  parseModuleDescriptors,
  validateModuleDescriptor,
  type ModuleDescriptor,
} from "@octavo/descriptor";
import { DECODE_PREFIX, type JsonValue } from "@octavo/json";
import { err, ok, type Result } from "@octavo/result";
import type { Call, Refusal } from "./handler.ts";
import { readBody } from "./read-body.ts";

/** The descriptor of a call's body, read and checked. */
export function readDescriptor(call: Call): Result<ModuleDescriptor, Refusal> {
  return readBody(call, (json) => checked(parseModuleDescriptor(json), (module) => [module]));
}

export function readDescriptors(call: Call): Result<readonly ModuleDescriptor[], Refusal> {
  return readBody(call, (json) => checked(parseModuleDescriptors(json), (modules) => modules));
}

/** One descriptor from elsewhere: a sentence says what is wrong with it. */
export function descriptorFrom(json: JsonValue): Result<ModuleDescriptor, string> {
  return checked(parseModuleDescriptor(json), (module) => [module]);
}

function checked<T>(
  parsed: Result<T, string>,
  modulesOf: (value: T) => readonly ModuleDescriptor[],
): Result<T, string> {
  if (!parsed.ok) return err(asOkapiSays(parsed.error));
  for (const module of modulesOf(parsed.value)) {
    const { error } = validateModuleDescriptor(module);
    if (error !== null) return err(error);
  }
  return ok(parsed.value);
}

/** Okapi finds these only after decoding, so they come without its prefix and without a place, and its tests compare them. */
const foundAfterDecoding =
  /^(?:(?:id|version) is missing for module|Bad interface type|No handlers allowed)/u;

function asOkapiSays(sentence: string): string {
  if (!foundAfterDecoding.test(sentence)) return DECODE_PREFIX + sentence;
  return sentence.replace(/ \(at [^()]*\)$/u, "");
}
