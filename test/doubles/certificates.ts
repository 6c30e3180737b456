// Certificates for tests, made by openssl: an authority of one's own, and what it signs.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificates {
  /** PEM file of the authority. */
  readonly caFile: string;
  readonly ca: string;
  /** For 127.0.0.1 and `keptn.example`. */
  readonly good: KeyPair;
  /** The same, over since yesterday. */
  readonly expired: KeyPair;
  remove(): void;
}

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export const makeCertificates = (): Certificates => {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=test authority",
    "-days",
    "2",
  );
  const sign = (name: string, ...validity: string[]): KeyPair => {
    openssl("req", ...newKey, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`, ...names);
    const from = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-copy_extensions", "copy"];
    openssl("x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`, ...from, ...validity);
    return { key: read(`${name}.key`), cert: read(`${name}.pem`) };
  };
  return {
    caFile: join(folder, "ca.pem"),
    ca: read("ca.pem"),
    good: sign("good", "-days", "2"),
    expired: sign("expired", "-days", "-1"),
    remove: () => rmSync(folder, { recursive: true }),
  };
};

const names = ["-addext", "subjectAltName=DNS:keptn.example,IP:127.0.0.1"];
