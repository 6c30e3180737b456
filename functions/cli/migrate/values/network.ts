// JES's network policies, for its tasks and for itself.
import { component, note, patch, type Row, row } from "./parts.ts";

const taskPolicy = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", name: "tasks" };

/** As in JES: Keptn's API, DNS, and addresses outside the blocked networks. */
export const makeTaskNetwork: Row["make"] = ({ values }) => {
  if (!values.isTrue("jobConfig.networkPolicy.enabled")) return [];
  const given = values.get("jobConfig.networkPolicy.blockCIDRs");
  const blocked = Array.isArray(given) ? given.filter((cidr) => typeof cidr === "string") : [];
  const except = [...new Set([metadataService, ...blocked])];
  const text =
    "The component also has the policy `functions`: only Knative's gateway can reach the functions. As in JES, tasks can only reach IPv4 addresses. The clouds' metadata address, which exposes a node's credentials, is blocked too.";
  return [
    component("network-policies"),
    patch(taskPolicy, {
      spec: {
        egress: [
          { to: [anywhere({ "app.kubernetes.io/name": "api-gateway-nginx" })] },
          {
            to: [anywhere({ "k8s-app": "kube-dns" })],
            ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 })),
          },
          { to: [{ ipBlock: { cidr: "0.0.0.0/0", except } }] },
        ],
      },
    }),
    note("changes", text),
  ];
};

const metadataService = "169.254.169.254/32";

const anywhere = (matchLabels: Readonly<Record<string, string>>) => ({
  namespaceSelector: {},
  podSelector: { matchLabels },
});

const makeIngress: Row["make"] = ({ values }) => {
  if (!values.isTrue("networkPolicy.ingress.enabled")) return [];
  const text =
    "The component also has the policy `tasks`: nothing can connect to a task, and a task cannot reach the clouds' metadata address, which exposes a node's credentials.";
  const isSaid = values.isTrue("jobConfig.networkPolicy.enabled");
  return [component("network-policies"), ...(isSaid ? [] : [note("changes", text)])];
};

const noEgress =
  "Nothing: the functions have no egress policy. If you need one, allow DNS, the API server, Keptn and its OAuth provider for pods with the label serving.knative.dev/service.";

export const networkRows: readonly Row[] = [
  row("networkPolicy.ingress", "Component `network-policies`", makeIngress),
  row("networkPolicy.egress", noEgress, ({ isChanged, values }) =>
    isChanged && values.isTrue("networkPolicy.egress.enabled") ? [note("left-out", noEgress)] : [],
  ),
];
