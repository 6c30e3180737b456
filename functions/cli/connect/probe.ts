// Sends a probe event through Keptn, webhook-service, Broker and start-job, and waits for start-job's response in Keptn.
import type { ProbeAnswer } from "../../lib/keptn/webhooks.ts";
import type { Session } from "./ports.ts";
import { heardMs } from "./subscribe.ts";

/** A new subscription takes effect after some seconds, a cold start takes two, and curl tries three times (for ten minutes if a pattern delivers the probe). */
const patienceMs = 60_000;
const lookMs = 500;
/** Events published before webhook-service knows the subscription are lost. */
const againMs = 12_000;

/** @throws IoError */
export const probe = async (
  session: Session,
  place: { readonly stage: string; readonly service: string },
): Promise<void> => {
  const { ports, report, selection, options } = session;
  await ports.sleep(heardMs);
  const beginMs = ports.now().getTime();
  const passedMs = () => ports.now().getTime() - beginMs;
  const contexts: string[] = [];
  while (passedMs() < patienceMs) {
    if (passedMs() >= contexts.length * againMs) {
      contexts.push(await ports.keptn.sendProbe({ project: selection.project, ...place }, "job-executor-connect"));
    }
    await ports.sleep(lookMs);
    const answers = (await Promise.all(contexts.map((context) => ports.keptn.listAnswers(context)))).flat();
    const seconds = (passedMs() / 1000).toFixed(1);
    const passed = `A probe event reached start-job, and its response reached Keptn, after ${seconds} s.`;
    if (answers.some(({ result }) => result === "pass")) return report.add("ok", passed);
    const [failed] = answers;
    if (failed) return explain(failed, session);
  }
  const text = `No response to the probe event after ${patienceMs / 1000} s: webhook-service did not call the Broker or is still retrying, or start-job did not respond.`;
  const fix = `job-executor check -n ${options.namespace}; kubectl -n ${options.keptnNamespace} logs deploy/webhook-service`;
  report.add("error", text, fix);
};

const explain = ({ from, message }: ProbeAnswer, { report, options }: Session): void => {
  const said = message.replace(/\s+/g, " ").trim().slice(0, 400);
  const denied = /denied/.test(message);
  const mend = denied
    ? `Remove that line from the deny list with --allow, or with: kubectl -n ${options.keptnNamespace} edit configmap keptn-webhook-config`
    : `Check that the Broker can be reached from namespace ${options.keptnNamespace}, or set another address with --url.`;
  report.add("error", `The probe event failed. ${from}: ${said}`, mend);
};
