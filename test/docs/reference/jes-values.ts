// docs/reference/jes-values.md: what becomes of every value of JES's Helm chart, from the table of `job-executor migrate`.
import { valueTable } from "../../../functions/cli/migrate/values/value-table.ts";
import { code, renderHead, renderTable } from "./markdown.ts";

export const renderJesValues = (): string =>
  [
    renderHead("Values of JES's Helm chart", "functions/cli/migrate/values/value-table.ts"),
    introduction,
    renderTable(
      ["value of the chart 0.3.0", "what becomes of it"],
      valueTable
        .toSorted((a, b) => (a.value < b.value ? -1 : 1))
        .map(({ value, becomes }) => [code(value), becomes.endsWith(".") ? becomes : `${becomes}.`]),
    ),
    "",
  ].join("\n");

const introduction = `\`job-executor migrate\` makes an overlay of a values file: [migrate.md](../migrate.md). A row stands for a value and all below it. Names in
capitals are [settings](settings.md), components are folders of \`manifests/components\`.

The [Helm chart](../install.md#by-helm-chart) takes the same values. A value that becomes nothing is refused unless it is JES's default; \`image\` is the name of our image, as text;
\`remoteControlPlane.api.token\` and \`oauth.clientSecret\` become the Secret, as in JES. The Pod Security level is \`podSecurityLevel\`.
`;
