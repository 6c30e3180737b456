// `npm run chart [folder]`: writes the Helm chart (docs/install.md#by-helm-chart).
import { writeChart } from "./chart/write-chart.ts";

await writeChart(process.argv[2] ?? "dist/chart");
