import { Type } from "@octavo/module-kit";

/** What the authority answers to POST /token/sign and /token/refresh. */
export const PairAnswer = Type.Object({
  accessToken: Type.String(),
  refreshToken: Type.String(),
  accessTokenExpiration: Type.String(),
  refreshTokenExpiration: Type.String(),
});

/** What a client is told besides the cookies. */
export const WithExpiry = Type.Object({
  accessTokenExpiration: Type.String({ description: "ISO 8601, UTC" }),
  refreshTokenExpiration: Type.String({ description: "ISO 8601, UTC" }),
});
