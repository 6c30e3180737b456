// Validates the Job in an event: any client that reaches us can send anything.
import type { Job } from "../kubernetes.ts";
import { isFields, isOptional, isTextMap } from "./parse-annotations.ts";

/** Checks the fields that are read from an event's Job. */
export const isSentJob = (value: unknown): value is Job => {
  if (!isFields(value) || value["kind"] !== "Job" || !isFields(value["metadata"])) return false;
  const { namespace, labels, annotations, deletionTimestamp } = value["metadata"];
  const hasNames = isNamespace(namespace) && isOptional(labels, isTextMap) && isOptional(annotations, isTextMap);
  return (
    hasNames &&
    isOptional(deletionTimestamp, (time) => typeof time === "string") &&
    isOptional(value["spec"], isFields) &&
    isOptional(value["status"], isStatus)
  );
};

const isNamespace = (value: unknown): boolean => typeof value === "string" && /^[a-z0-9-]{1,63}$/.test(value);

const isStatus = (value: unknown): boolean =>
  isFields(value) &&
  isOptional(value["conditions"], (conditions) => Array.isArray(conditions) && conditions.every(isFields));
