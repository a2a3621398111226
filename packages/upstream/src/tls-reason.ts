/** Why no secure connection came about, for people; null where only the log can say.
 * @param detail begins with Node's or OpenSSL's code */
export function tlsReason(detail: string): string | null {
  return reasons[detail.split(":", 1)[0] ?? ""] ?? null;
}

const unknownIssuer =
  "nobody whom the gateway knows has signed its certificate: name the authority in NODE_EXTRA_CA_CERTS";

const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host than its URL",
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownIssuer,
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS there: its URL begins with https",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS there: its URL begins with https",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "it has no version of TLS that is safe",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "it has no version of TLS that is safe",
};
