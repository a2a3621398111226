import { loginModule } from "./login.ts";
import { parseLoginConfig } from "./login-config.ts";

export const login = loginModule(parseLoginConfig(process.env));
