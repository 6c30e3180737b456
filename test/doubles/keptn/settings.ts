// Settings for a connection to a Keptn, as a program would have them from its environment.
import assert from "node:assert/strict";
import { parseSettings, type Settings } from "../../../functions/lib/core/settings/settings.ts";

export const settingsFor = (
  keptn: { readonly endpoint: string; readonly token: string },
  env: Readonly<Record<string, string>> = {},
): Settings => {
  const parsed = parseSettings({ KEPTN_API_ENDPOINT: keptn.endpoint, KEPTN_API_TOKEN: keptn.token, ...env });
  assert.ok("settings" in parsed, JSON.stringify(parsed));
  return parsed.settings;
};
