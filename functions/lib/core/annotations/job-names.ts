// Name prefixes of our Jobs and their ConfigMaps. Separate from annotations.ts, whose hash not every program needs.

export const jobNamePrefix = "job-executor-service-job-";

/** Name of the ConfigMap with a task's values from earlier tasks. */
export const valuesNameOf = (jobName: string): string => `${jobName}-${valuesSuffix}`;

export const valuesSuffix = "values";

/** Whether it is a ConfigMap with files or values of any run. */
export const isOwnConfigMap = (name: string): boolean =>
  name.startsWith(jobNamePrefix) && /^[0-9a-f]{24}-\d{3}-\d{3}-(files|values)$/.test(name.slice(jobNamePrefix.length));
