import { defaultRefreshPolicy, type RefreshPolicy, type RotationPolicy } from "@octavo/tokens";

/** Lives of what the gateway signs, in milliseconds. */
export interface IdentityPolicy {
  /** The claim iss. */
  readonly issuer: string;
  readonly refresh: RefreshPolicy;
  /** Of POST /token, which mod-authtoken's never end. */
  readonly legacyLifeMs: number;
  /** A module works on with its token after it has answered. */
  readonly moduleLifeMs: number;
  /** System and anonymous tokens are signed anew as often as they are needed. */
  readonly ownLifeMs: number;
  /** A kept token is handed out for so long after it was signed, as a share of its life. */
  readonly keptShare: number;
  readonly rotation: RotationPolicy;
  /** Without contact to the database for longer, tokens from before the last contact are refused: they may have been
   * ended since (reliability 2.4). */
  readonly mostSilenceMs: number;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const legacyLifeMs = 30 * day;

export const defaultIdentityPolicy: IdentityPolicy = {
  issuer: "octavo",
  refresh: defaultRefreshPolicy,
  legacyLifeMs,
  moduleLifeMs: 12 * hour,
  ownLifeMs: 10 * minute,
  keptShare: 0.5,
  rotation: {
    rotateAfterMs: 90 * day,
    cacheAgeMs: 10 * minute,
    longestLifeMs: Math.max(legacyLifeMs, defaultRefreshPolicy.refreshLifeMs) + minute,
  },
  mostSilenceMs: 15 * minute,
};
