import type { Rule } from "./rules.ts";

const shipped = (
  id: string,
  orderNo: number,
  rule: Pick<Rule, "name" | "description" | "errMessageId"> & Partial<Rule>,
): Rule & { readonly id: string } => ({
  id,
  type: "RegExp",
  validationType: "Strong",
  state: "Enabled",
  moduleName: "mod-password-validator",
  orderNo,
  ...rule,
});

/** Ids, names, expressions and messages of mod-password-validator 3.2: clients translate the messages, tenants know the names. */
export const shippedRules: readonly (Rule & { readonly id: string })[] = [
  shipped("5105b55a-b9a3-4f76-9402-a5243ea63c95", 0, {
    name: "password_length",
    expression: "^.{8,}$",
    description: "The password length must be at least 8 characters long",
    errMessageId: "password.length.invalid",
  }),
  shipped("dc653de8-f0df-48ab-9630-13aacfe8e8f4", 1, {
    name: "alphabetical_letters",
    expression: "(?=.*[a-z])(?=.*[A-Z]).+",
    description: "The password must contain both upper and lower case letters",
    errMessageId: "password.alphabetical.invalid",
  }),
  shipped("3e3c53ae-73c2-4eba-9f09-f2c9a892c7a2", 2, {
    name: "numeric_symbol",
    expression: String.raw`(?=.*\d).+`,
    description: "The password must contain at least one numeric character",
    errMessageId: "password.number.invalid",
  }),
  shipped("2e82f890-49e8-46fc-923d-644f33dc5c3f", 3, {
    name: "special_character",
    expression: "(?=.*[!\"#$%&'()*+,-./:;<=>?@\\[\\]^_`{|}~]).+",
    description: "The password must contain at least one special character",
    errMessageId: "password.specialCharacter.invalid",
  }),
  shipped("2f390fa6-a2f8-4027-abaf-ee61952668bc", 4, {
    name: "no_user_name",
    expression: "^(?:(?!<USER_NAME>).)+$",
    description: "The password must not contain your username",
    errMessageId: "password.usernameDuplicate.invalid",
  }),
  shipped("8d4a2124-8a54-4c49-84c8-36a8f7fc01a8", 5, {
    name: "keyboard_sequence",
    state: "Disabled",
    expression:
      "^(?:(?!qwe)(?!asd)(?!zxc)(?!qaz)(?!zaq)(?!xsw)(?!wsx)(?!edc)(?!cde)(?!rfv)(?!vfr)(?!tgb)(?!bgt)(?!yhn)(?!nhy)(?!ujm)(?!mju)(?!ik,)(?!,ki)(?!ol.)(?!.lo)(?!p;/)(?!/;p)(?!123).)+$",
    description: "The password must not contain a keyboard sequence",
    errMessageId: "password.keyboardSequence.invalid",
  }),
  shipped("98b961b4-16b8-4e62-a359-abf3805e16b0", 6, {
    name: "repeating_characters",
    state: "Disabled",
    expression: String.raw`^(?:(.)(?!\1))*$`,
    description: "The password must not contain repeating symbols",
    errMessageId: "password.repeatingSymbols.invalid",
  }),
  shipped("51e201ba-95d3-44e5-b4ec-f0059f11afcb", 7, {
    name: "no_white_space_character",
    state: "Disabled",
    expression: String.raw`[^\s]+`,
    description: "The password must not contain a white space",
    errMessageId: "password.whiteSpace.invalid",
  }),
  shipped("0ff6678f-53cd-4a32-9937-504c28f14077", 8, {
    name: "no_repeatable_password",
    type: "Programmatic",
    implementationReference: "/authn/password/repeatable",
    description: "The password must not be previously used",
    errMessageId: "password.lastTenPasswords.invalid",
  }),
  shipped("093f090f-543e-4a04-8b0f-9bde947a390d", 9, {
    name: "no_consecutive_whitespaces",
    expression: String.raw`^(?:(?!\s{2,}).)+$`,
    description: "The password must not contain multiple consecutive whitespaces",
    errMessageId: "password.consecutiveWhitespaces.invalid",
  }),
  shipped("7a1d5b0c-3f2e-4a86-9d57-0c6e2b9f4a10", 10, {
    name: "not_compromised",
    type: "PwnedPassword",
    description: "The password must not be commonly-used, expected or compromised",
    errMessageId: "password.compromised.invalid",
  }),
];
