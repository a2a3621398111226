import { PWNED_PASSWORDS_URL, passwordValidatorModule } from "./password-validator.ts";

const url = process.env["OCTAVO_PWNED_PASSWORDS_URL"]?.trim() ?? "";

/** OCTAVO_PWNED_PASSWORDS_URL: "off" for an installation that calls nobody. */
export const passwordValidator = passwordValidatorModule(
  url === "off" ? null : (url === "" ? PWNED_PASSWORDS_URL : url).replace(/\/+$/u, ""),
);
