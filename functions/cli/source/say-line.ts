// keptn-source's log for people: one line for each event, and a sentence for everything else.
import type { Subscription } from "../../lib/core/source/subscription.ts";
import type { LogLine } from "../../lib/process.ts";
import type { Terminal } from "../terminal.ts";

export const sayLine = (
  line: LogLine,
  { terminal, verbose }: { readonly terminal: Pick<Terminal, "say" | "style" | "now">; readonly verbose: boolean },
): void => {
  if (line.level === "debug" && !verbose) return;
  const time = terminal.style("dim", terminal.now().toTimeString().slice(0, 8));
  const text = renderLine(line);
  if (line.level === "error") terminal.say(`${time}  ${terminal.style("red", text)}`);
  else terminal.say(`${time}  ${line.level === "warn" ? terminal.style("yellow", text) : text}`);
};

const renderLine = ({ message, type, at, context, lagSeconds, subscriptions }: LogLine): string => {
  if (subscriptions)
    return `subscribed to ${(subscriptions as Subscription[]).map(renderSubscription).join(", ") || "nothing"}`;
  if (!type) return message;
  const late = typeof lagSeconds === "number" ? `, ${lagSeconds.toFixed(1)} s after it happened` : "";
  return `${String(type).replace(/^sh\.keptn\.event\./, "")} of ${at} (${context}): ${message}${late}`;
};

const renderSubscription = ({ event, filter }: Subscription): string => {
  const names = [...filter.projects, ...filter.stages, ...filter.services];
  return names.length > 0 ? `${event} (${names.join(", ")})` : event;
};
