// The cluster and the Keptn that the environment names.

export const { KEPTN_ENDPOINT = "", KEPTN_API_TOKEN = "", KEPTN_NATS_URL = "" } = process.env;

/** As much as a check before each commit has time for: each thing once, and no count that a busy machine changes. */
export const isShort = process.env["E2E_SHORT"] === "1";

/** Why nothing can be tested; false: it can. */
export const unavailable =
  process.env["KUBECONFIG"] && KEPTN_ENDPOINT
    ? false
    : "KUBECONFIG, KEPTN_ENDPOINT, KEPTN_API_TOKEN, KEPTN_NATS_URL name no cluster with Keptn";
