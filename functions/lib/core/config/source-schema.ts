// A variable's reference to one key of a Secret or ConfigMap (core/v1 SecretKeySelector, ConfigMapKeySelector).
import * as z from "zod";
import { checkedText, type Fault, yesOrNo } from "../yaml/scalars.ts";
import { described, optional } from "./descriptions.ts";
import { checkConfigMapName, checkDataKey, checkNameOfSecret } from "./kubernetes-names.ts";

interface Example {
  readonly name: string;
  readonly key: string;
}

const keyIn = (what: "ConfigMap" | "Secret", checkName: (value: string) => Fault | undefined, example: Example) =>
  z.strictObject({
    name: described(checkedText(checkName).min(1), `Name of the ${what} in the task's namespace.`, example.name),
    key: described(checkedText(checkDataKey).min(1), "Key whose value becomes the variable's value.", example.key),
    optional: optional(
      yesOrNo(),
      `true: if the ${what} or its key is missing, the task starts without the variable.`,
      true,
    ),
  });

const ofSecret = { name: "carts-database", key: "PASSWORD" };
const ofConfigMap = { name: "carts-settings", key: "LOG_LEVEL" };

export const secretKey = described(
  keyIn("Secret", checkNameOfSecret, ofSecret),
  "With `valueFrom: secret`: one key of a Secret; the variable keeps its own `name`. Not in JES.",
  ofSecret,
);

export const configMapKey = described(
  keyIn("ConfigMap", checkConfigMapName, ofConfigMap),
  "With `valueFrom: configMap`: one key of a ConfigMap; the variable keeps its own `name`. Not in JES.",
  ofConfigMap,
);
