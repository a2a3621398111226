import type { Command } from "./command.ts";
import { helpCommand } from "./commands/help.ts";

/** Every command, in the order of the first help page. */
export const commands: readonly Command[] = [helpCommand(() => commands)];
