import { usersBlModule } from "./users-bl.ts";
import { parseUsersBlConfig } from "./users-bl-config.ts";

export const usersBl = usersBlModule(parseUsersBlConfig(process.env));
