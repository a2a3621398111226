import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";

/** A certificate with its key, both as PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateWish {
  readonly names?: readonly string[];
  /** IPv4 addresses. */
  readonly addresses?: readonly string[];
  readonly validFrom?: Date;
  readonly validTo?: Date;
}

/** Signs certificates for tests, as a library's own authority does. */
export interface TestAuthority extends Certificate {
  issue(wish: CertificateWish): Certificate;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** An authority of elliptic curve P-256, made anew: no certificate stands in the repository, so that none expires there.
 * @see RFC 5280 4.1 for the shape of a certificate, X.690 for DER */
export function makeAuthority(name: string): TestAuthority {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = commonName(name);
  const isAuthority = extension("551d13", true, sequence(boolean(true)));
  const sign = (tbs: Buffer) => createSign("sha256").update(tbs).sign(own.privateKey);
  return {
    certificate: certificate(
      { subject, issuer: subject, key: own.publicKey, extensions: [isAuthority] },
      sign,
    ),
    key: pem("PRIVATE KEY", own.privateKey.export({ type: "pkcs8", format: "der" })),
    issue({ names = [], addresses = [], ...validity }) {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const alternatives = [
        ...names.map((each) => der(0x82, Buffer.from(each, "latin1"))),
        ...addresses.map((each) => der(0x87, Buffer.from(each.split(".").map(Number)))),
      ];
      const about = {
        subject: commonName(names[0] ?? "module"),
        issuer: subject,
        key: publicKey,
        ...validity,
      };
      const extensions = [extension("551d11", false, sequence(...alternatives))];
      return {
        certificate: certificate({ ...about, extensions }, sign),
        key: pem("PRIVATE KEY", privateKey.export({ type: "pkcs8", format: "der" })),
      };
    },
  };
}

interface About extends Pick<CertificateWish, "validFrom" | "validTo"> {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

function certificate(about: About, sign: (tbs: Buffer) => Buffer): string {
  const { validFrom = new Date(Date.now() - DAY_MS), validTo = new Date(Date.now() + DAY_MS) } = about;
  const ecdsaWithSha256 = sequence(der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const tbs = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])), // serial number, positive
    ecdsaWithSha256,
    about.issuer,
    sequence(time(validFrom), time(validTo)),
    about.subject,
    about.key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...about.extensions)),
  );
  return pem(
    "CERTIFICATE",
    sequence(tbs, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.of(0), sign(tbs)]))),
  );
}

function commonName(name: string): Buffer {
  const attribute = sequence(der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from(name)));
  return sequence(der(0x31, attribute));
}

function extension(oid: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(
    der(0x06, Buffer.from(oid, "hex")),
    ...(isCritical ? [boolean(true)] : []),
    der(0x04, value),
  );
}

function time(moment: Date): Buffer {
  return der(0x18, Buffer.from(`${moment.toISOString().replaceAll(/[-:T]|\..*$/g, "")}Z`));
}

function boolean(value: boolean): Buffer {
  return der(0x01, Buffer.of(value ? 0xff : 0));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

/** Tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const lengthBytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...lengthBytes), content]);
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
