// Checks whether the settings together are enough to call Keptn.
import { errorProblem, hasErrors, type Problem } from "../problem.ts";
import { parseSettings, type Settings } from "./settings.ts";

export type CheckedSettings =
  | { readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly problems: readonly Problem[] };

type Env = Readonly<Record<string, string | undefined>>;

/** @param check of settings that are each valid; settings with errors are refused */
export const parseChecked = (env: Env, check: (settings: Settings) => readonly Problem[]): CheckedSettings => {
  const parsed = parseSettings(env);
  if ("problems" in parsed) return parsed;
  const problems = check(parsed.settings);
  return hasErrors(problems) ? { problems } : { settings: parsed.settings, warnings: problems };
};

/** The settings of a program that calls Keptn. */
export const parseKeptnSettings = (env: Env): CheckedSettings => parseChecked(env, checkKeptnSettings);

/** @returns no errors when a connection can be made */
export const checkKeptnSettings = (settings: Settings): readonly Problem[] => [
  ...checkEndpoint(settings),
  ...(settings.OAUTH_CLIENT_ID ? checkOauth(settings) : checkToken(settings)),
  ...checkTls(settings),
];

const checkEndpoint = ({ KEPTN_API_ENDPOINT: endpoint }: Settings): readonly Problem[] => {
  const fix = "Set KEPTN_API_ENDPOINT to the URL of Keptn's API, including /api: http://api-gateway-nginx.keptn/api.";
  if (!endpoint) return [errorProblem("missing-setting", "KEPTN_API_ENDPOINT is not set.", fix)];
  if (/^https?:\/\/[^/\s]+/.test(endpoint)) return [];
  return [errorProblem("bad-setting", "KEPTN_API_ENDPOINT is not an http:// or https:// address.", fix)];
};

const checkToken = ({ KEPTN_API_TOKEN, KEPTN_API_TOKEN_FILE }: Settings): readonly Problem[] => {
  if (KEPTN_API_TOKEN || KEPTN_API_TOKEN_FILE) return [];
  const fix = "Set KEPTN_API_TOKEN or KEPTN_API_TOKEN_FILE, or OAUTH_CLIENT_ID and its related settings.";
  return [errorProblem("missing-setting", "No credentials for Keptn are set.", fix)];
};

const checkOauth = (settings: Settings): readonly Problem[] => {
  const alternatives = [
    ["OAUTH_CLIENT_SECRET", "OAUTH_CLIENT_SECRET_FILE"],
    ["OAUTH_DISCOVERY", "OAUTH_TOKEN_URL"],
  ] as const;
  return alternatives
    .filter((names) => !names.some((name) => settings[name]))
    .map(([one, other]) =>
      errorProblem(
        "missing-setting",
        `OAUTH_CLIENT_ID is set, but neither ${one} nor ${other}.`,
        `Set ${one} or ${other}.`,
      ),
    );
};

const checkTls = ({ HTTP_SSL_VERIFY }: Settings): readonly Problem[] => {
  if (HTTP_SSL_VERIFY) return [];
  const message = "HTTP_SSL_VERIFY=false: anyone between us and Keptn can read its token.";
  return [{ code: "insecure-setting", severity: "warning", message, fix: "Set KEPTN_CA_FILE instead." }];
};
