/** "mod-users" of "mod-users-19.3.2": up to the first "-" before a digit, as Okapi's ModuleId has it. */
export function productOf(moduleId: string): string {
  return moduleId.replace(/-\d.*$/u, "");
}
