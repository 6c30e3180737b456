// How names of our Jobs begin, and of the ConfigMaps that belong to them. Apart from marks.ts, whose hash not every program needs.

export const jobNamePrefix = "job-executor-service-job-";

/** Of the ConfigMap with what a task takes from tasks before it. */
export const valuesNameOf = (jobName: string): string => `${jobName}-${valuesSuffix}`;

export const valuesSuffix = "values";

/** With files or values of a run, this one or another. */
export const isOwnConfigMap = (name: string): boolean =>
  name.startsWith(jobNamePrefix) && /^[0-9a-f]{24}-\d{3}-\d{3}-(files|values)$/.test(name.slice(jobNamePrefix.length));
