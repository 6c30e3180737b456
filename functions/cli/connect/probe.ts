// Sends a probe all the way: Keptn, webhook-service, Broker, start-job, and its answer back in Keptn.
import type { ProbeAnswer } from "../../io/keptn/webhooks.ts";
import type { Session } from "./ports.ts";
import { heardMs } from "./subscribe.ts";

/** A new subscription is heard after some seconds, a cold start takes two, and curl tries three times (ten minutes where the probe comes by a pattern). */
const patienceMs = 60_000;
const lookMs = 500;
/** What was published before webhook-service heard of the subscription is lost. */
const againMs = 12_000;

/** @throws IoError */
export const probe = async (
  session: Session,
  place: { readonly stage: string; readonly service: string },
): Promise<void> => {
  const { ports, report, selection } = session;
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
    if (answers.some(({ result }) => result === "pass")) {
      return report.add(
        "ok",
        `A probe came to start-job, and its answer to Keptn, after ${(passedMs() / 1000).toFixed(1)} s.`,
      );
    }
    const [failed] = answers;
    if (failed) return explain(failed, session);
  }
  report.add(
    "error",
    `A probe got no answer for ${patienceMs / 1000} s: webhook-service did not call, or tries for long, or start-job did not answer.`,
    `job-executor check -n ${session.options.namespace}; kubectl -n ${session.options.keptnNamespace} logs deploy/webhook-service`,
  );
};

const explain = ({ from, message }: ProbeAnswer, { report, options }: Session): void => {
  const said = message.replace(/\s+/g, " ").trim().slice(0, 400);
  const denied = /denied/.test(message);
  const mend = denied
    ? `Take that line out of the deny list: kubectl -n ${options.keptnNamespace} edit configmap keptn-webhook-config, or --allow.`
    : `Look whether the Broker can be reached from namespace ${options.keptnNamespace}, or name another address: --url.`;
  report.add("error", `A probe failed, says ${from}: ${said}`, mend);
};
