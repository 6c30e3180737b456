// Proves to Keptn who we are: the API token, read again when it is refused.
import { readFile } from "node:fs";
import { promisify } from "node:util";
import type { Settings } from "../../core/settings.ts";
import { IoError } from "../io-error.ts";

/** Headers of a request. */
export type Proof = Readonly<Record<string, string>>;

/** Not of node:fs/promises, which loads 1.7 MiB of which nothing is needed here. */
const readText = promisify(readFile);

export interface Credentials {
  /** @throws IoError when the secret cannot be had */
  get(): Promise<Proof>;
  /**
   * Reads the secret again, because Keptn refused this proof.
   * @returns whether there is another one now, so that asking again makes sense
   * @throws IoError when the secret cannot be had
   */
  renew(refused: Proof): Promise<boolean>;
}

export const makeTokenCredentials = ({ KEPTN_API_TOKEN, KEPTN_API_TOKEN_FILE }: Settings): Credentials => {
  const file = KEPTN_API_TOKEN_FILE;
  const read = async (): Promise<Proof> => proofOf(file ? await readSecret(file) : KEPTN_API_TOKEN);
  let known: Proof | undefined;
  return {
    get: async () => {
      known ??= await read();
      return known;
    },
    renew: async (refused) => {
      const now = await read();
      const isOther = now["x-token"] !== refused["x-token"];
      known = isOther ? now : undefined; // the next call looks again
      return isOther;
    },
  };
};

const proofOf = (token: string | undefined): Proof => (token ? { "x-token": token } : {});

/** Without the line end that an editor leaves behind. @throws IoError */
export const readSecret = async (file: string): Promise<string> => {
  try {
    return (await readText(file, "utf8")).trim();
  } catch (cause) {
    throw new IoError(`The secret in ${file} cannot be read.`, { retryable: true, cause });
  }
};
