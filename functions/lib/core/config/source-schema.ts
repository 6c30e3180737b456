// A variable's reference to one key of a Secret or ConfigMap (core/v1 SecretKeySelector, ConfigMapKeySelector).
import * as z from "zod";
import { checkedText, type Fault, yesOrNo } from "../yaml/scalars.ts";
import { descriptions } from "./descriptions.ts";
import { checkConfigMapName, checkDataKey, checkNameOfSecret } from "./kubernetes-names.ts";

interface Example {
  readonly name: string;
  readonly key: string;
}

const keyIn = (what: "ConfigMap" | "Secret", checkName: (value: string) => Fault | undefined, example: Example) =>
  z.strictObject({
    name: checkedText(checkName)
      .min(1)
      .register(descriptions, {
        description: `Name of the ${what} in the task's namespace.`,
        examples: [example.name],
      }),
    key: checkedText(checkDataKey)
      .min(1)
      .register(descriptions, {
        description: "Key whose value becomes the variable's value.",
        examples: [example.key],
      }),
    optional: yesOrNo()
      .optional()
      .register(descriptions, {
        description: `true: if the ${what} or its key is missing, the task starts without the variable.`,
        examples: [true],
      }),
  });

const ofSecret = { name: "carts-database", key: "PASSWORD" };
const ofConfigMap = { name: "carts-settings", key: "LOG_LEVEL" };

export const secretKey = keyIn("Secret", checkNameOfSecret, ofSecret).register(descriptions, {
  description: "With `valueFrom: secret`: one key of a Secret; the variable keeps its own `name`. Not in JES.",
  examples: [ofSecret],
});

export const configMapKey = keyIn("ConfigMap", checkConfigMapName, ofConfigMap).register(descriptions, {
  description: "With `valueFrom: configMap`: one key of a ConfigMap; the variable keeps its own `name`. Not in JES.",
  examples: [ofConfigMap],
});
