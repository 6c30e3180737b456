// Finds the lines of webhook-service's deny list that block an address (lib/request_validator.go).

/**
 * A line blocks a URL if the URL, an IP address of its host, or a reverse name of that address contains the line. For a Service in the
 * cluster, these are known; for any other host, only webhook-service can tell.
 */
export const denyingLines = (url: string, denyList: string): readonly string[] =>
  linesOf(denyList).filter((line) => url.includes(line) || namesOf(url).some((name) => name.includes(line)));

export const withoutLines = (denyList: string, lines: readonly string[]): string =>
  linesOf(denyList)
    .filter((line) => !lines.includes(line))
    .join("\n");

export const withLines = (denyList: string, lines: readonly string[]): string =>
  [...linesOf(denyList), ...lines.filter((line) => !linesOf(denyList).includes(line))].join("\n");

const linesOf = (denyList: string): readonly string[] => denyList.split(/\s+/).filter((line) => line !== "");

/** `name.namespace`, `name.namespace.svc` and the full name are the same Service. */
const namesOf = (url: string): readonly string[] => {
  const [, host = ""] = /^https?:\/\/(?:[^@/]*@)?([^:/?#]+)/.exec(url) ?? [];
  const [, service, namespace] = /^([^.]+)\.([^.]+)(?:\.svc(?:\.cluster\.local)?)?$/.exec(host) ?? [];
  return namespace === undefined || /^\d+$/.test(namespace) ? [] : [`${service}.${namespace}.svc.cluster.local`];
};

export const patchCommand = (namespace: string, denyList: string): string =>
  `kubectl -n ${namespace} patch configmap ${denyListMap} --type merge -p '${JSON.stringify({ data: { denyList } })}'`;

export const denyListMap = "keptn-webhook-config";
