// Validates the Job in an event: any client that reaches us can send anything.
import { isRecord } from "../json/exact-json.ts";
import type { Job } from "../kubernetes.ts";
import { isOptional, isString, isTextMap } from "./parse-annotations.ts";

export const isSentJob = (value: unknown): value is Job => {
  if (!isRecord(value) || value["kind"] !== "Job" || !isRecord(value["metadata"])) return false;
  const { namespace, labels, annotations, deletionTimestamp } = value["metadata"];
  const hasNames = isNamespace(namespace) && isOptional(labels, isTextMap) && isOptional(annotations, isTextMap);
  return (
    hasNames &&
    isOptional(deletionTimestamp, isString) &&
    isOptional(value["spec"], isRecord) &&
    isOptional(value["status"], isStatus)
  );
};

const isNamespace = (value: unknown): boolean => typeof value === "string" && /^[a-z0-9-]{1,63}$/.test(value);

const isStatus = (value: unknown): boolean =>
  isRecord(value) &&
  isOptional(value["conditions"], (conditions) => Array.isArray(conditions) && conditions.every(isRecord));
