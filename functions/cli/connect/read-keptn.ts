// Reads from Keptn: the project with its stage and service, webhook-service, and the file at the selection's level.
import type { Found } from "../../lib/core/connect/plan-connect.ts";
import { describeSelection, type Selection } from "../../lib/core/connect/selection.ts";
import { readWebhooks, webhookFile } from "../../lib/core/connect/webhook-file.ts";
import type { Webhooks } from "../../lib/keptn/webhooks.ts";
import type { Report } from "./report.ts";

export interface KeptnView extends Found {
  /** The text of the project's shipyard file. */
  readonly shipyard: string;
  readonly integration: string;
  readonly fileText: string | undefined;
}

/** @returns undefined after a reported error @throws IoError */
export const readKeptn = async (
  keptn: Webhooks,
  selection: Selection,
  report: Report,
): Promise<KeptnView | undefined> => {
  const fail = (text: string, fix: string): undefined => void report.add("error", text, fix);
  const failure = checkSelection(selection, await keptn.getProject(selection.project));
  if (failure) return fail(failure.text, failure.fix);
  const integration = await keptn.findIntegration();
  if (!integration) return fail("Keptn has no webhook-service.", installWebhookService);
  const fileText = await keptn.readFile(selection);
  const webhooks = readWebhooks(fileText);
  if ("problem" in webhooks) {
    const text = `${webhookFile} of ${describeSelection(selection)} cannot be changed. ${webhooks.problem}`;
    return fail(text, "Fix the file in the project's Git repository. Nothing was changed.");
  }
  const shipyard = await keptn.readShipyard(selection.project);
  const { id, subscriptions } = integration;
  return { integration: id, subscriptions, webhooks, fileText, shipyard };
};

const installWebhookService = "Install it with Keptn (webhookService.enabled: true), and wait until it registers.";

/** Whether the project has the selected stage and service. */
const checkSelection = (
  { project, stage, service }: Selection,
  found: Awaited<ReturnType<Webhooks["getProject"]>>,
): { readonly text: string; readonly fix: string } | undefined => {
  const create = `keptn create project ${project} --shipyard=shipyard.yaml`;
  if (!found) return { text: `Project ${project} does not exist in Keptn.`, fix: create };
  const among = found.stages.filter(({ name }) => stage === undefined || name === stage);
  if (stage !== undefined && among.length === 0) {
    const stages = found.stages.map(({ name }) => name).join(", ");
    return { text: `Project ${project} has no stage ${stage}.`, fix: `Use one of ${stages}.` };
  }
  const services = [...new Set(among.flatMap((one) => one.services))];
  if (service === undefined || services.includes(service)) return undefined;
  const others = services.length > 0 ? `Use one of ${services.join(", ")}, or create it: ` : "";
  const fix = `${others}keptn create service ${service} --project=${project}`;
  return { text: `Project ${project} has no service ${service}.`, fix };
};
