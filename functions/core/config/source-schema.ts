// Where a variable finds one key: in a Secret or a ConfigMap (core/v1 SecretKeySelector, ConfigMapKeySelector).
import * as z from "zod";
import { descriptions } from "./descriptions.ts";
import { checkConfigMapName, checkDataKey, checkNameOfSecret } from "./kubernetes-names.ts";
import { checkedText, type Fault, yesOrNo } from "./scalars.ts";

interface Example {
  readonly name: string;
  readonly key: string;
}

const keyIn = (what: "ConfigMap" | "Secret", checkName: (value: string) => Fault | undefined, example: Example) =>
  z.strictObject({
    name: checkedText(checkName)
      .min(1)
      .register(descriptions, {
        description: `Name of the ${what}, in the task's namespace.`,
        examples: [example.name],
      }),
    key: checkedText(checkDataKey)
      .min(1)
      .register(descriptions, { description: "The key whose value the variable gets.", examples: [example.key] }),
    optional: yesOrNo()
      .optional()
      .register(descriptions, {
        description: `true: without the ${what} or its key the task starts all the same, without the variable.`,
        examples: [true],
      }),
  });

const ofSecret = { name: "carts-database", key: "PASSWORD" };
const ofConfigMap = { name: "carts-settings", key: "LOG_LEVEL" };

export const secretKey = keyIn("Secret", checkNameOfSecret, ofSecret).register(descriptions, {
  description: "With `valueFrom: secret`: one key of a Secret, under the variable's own `name`. Not in JES.",
  examples: [ofSecret],
});

export const configMapKey = keyIn("ConfigMap", checkConfigMapName, ofConfigMap).register(descriptions, {
  description: "With `valueFrom: configMap`: one key of a ConfigMap, under the variable's own `name`. Not in JES.",
  examples: [ofConfigMap],
});
