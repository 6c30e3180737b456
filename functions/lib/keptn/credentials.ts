// Authenticates to Keptn with the API token, and reads it again when Keptn rejects it.
import { readFile } from "node:fs";
import { promisify } from "node:util";
import type { Settings } from "../core/settings/settings.ts";
import { IoError } from "../io-error.ts";

/** Authentication headers of a request. */
export type AuthHeaders = Readonly<Record<string, string>>;

/** Avoids node:fs/promises, which loads 1.7 MiB of unneeded code. */
const readText = promisify(readFile);

export interface Credentials {
  /** @throws IoError if the secret is not available */
  get(): Promise<AuthHeaders>;
  /**
   * Reads the secret again, because Keptn rejected these headers.
   * @returns whether the secret has changed, so that a retry makes sense
   * @throws IoError if the secret is not available
   */
  renew(refused: AuthHeaders): Promise<boolean>;
}

export const makeTokenCredentials = ({ KEPTN_API_TOKEN, KEPTN_API_TOKEN_FILE }: Settings): Credentials => {
  const file = KEPTN_API_TOKEN_FILE;
  const read = async (): Promise<AuthHeaders> => authHeadersOf(file ? await readSecret(file) : KEPTN_API_TOKEN);
  let known: AuthHeaders | undefined;
  return {
    get: async () => {
      known ??= await read();
      return known;
    },
    renew: async (refused) => {
      const now = await read();
      const isOther = now["x-token"] !== refused["x-token"];
      known = isOther ? now : undefined; // the next call reads it again
      return isOther;
    },
  };
};

const authHeadersOf = (token: string | undefined): AuthHeaders => (token ? { "x-token": token } : {});

/** Without a trailing newline. @throws IoError */
export const readSecret = async (file: string): Promise<string> => {
  try {
    return (await readText(file, "utf8")).trim();
  } catch (cause) {
    throw new IoError(`The secret in ${file} cannot be read.`, { retryable: true, cause });
  }
};
