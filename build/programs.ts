// The programs of the image: each becomes one file in dist/, next to serve.cjs, which selects one.

export const programs = {
  "start-job": "functions/start-job/main.ts",
  "finish-task": "functions/finish-task/main.ts",
  "fetch-files": "functions/fetch-files/main.ts",
  "keptn-source": "functions/keptn-source/main.ts",
} as const;

export const programNames = Object.keys(programs) as (keyof typeof programs)[];

export const chooser = "functions/main.ts";
