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
  if (!(await hasPlace(keptn, selection, report))) return undefined;
  const integration = await keptn.findIntegration();
  if (!integration) {
    report.add(
      "error",
      "Keptn has no webhook-service.",
      "Install it with Keptn (webhookService.enabled: true), and wait until it registers.",
    );
    return undefined;
  }
  const fileText = await keptn.readFile(selection);
  const webhooks = readWebhooks(fileText);
  if ("problem" in webhooks) {
    const where = describeSelection(selection);
    report.add(
      "error",
      `${webhookFile} of ${where} cannot be changed. ${webhooks.problem}`,
      "Fix the file in the project's Git repository. Nothing was changed.",
    );
    return undefined;
  }
  const shipyard = await keptn.readShipyard(selection.project);
  const { id, subscriptions } = integration;
  return { integration: id, subscriptions, webhooks, fileText, shipyard };
};

const hasPlace = async (keptn: Webhooks, selection: Selection, report: Report): Promise<boolean> => {
  const { project, stage, service } = selection;
  const found = await keptn.getProject(project);
  if (!found) {
    report.add(
      "error",
      `Project ${project} does not exist in Keptn.`,
      `keptn create project ${project} --shipyard=shipyard.yaml`,
    );
    return false;
  }
  const stages = found.stages.map(({ name }) => name);
  if (stage !== undefined && !stages.includes(stage)) {
    report.add("error", `Project ${project} has no stage ${stage}.`, `Use one of ${stages.join(", ")}.`);
    return false;
  }
  const among = found.stages.filter(({ name }) => stage === undefined || name === stage);
  const services = [...new Set(among.flatMap((one) => one.services))];
  if (service !== undefined && !services.includes(service)) {
    const fix = services.length > 0 ? `Use one of ${services.join(", ")}, or create it:` : "";
    report.add(
      "error",
      `Project ${project} has no service ${service}.`,
      `${fix} keptn create service ${service} --project=${project}`.trim(),
    );
    return false;
  }
  return true;
};
