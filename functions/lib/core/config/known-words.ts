// Fields of Kubernetes, Compose and CI systems that people write into a job config, and their equivalents here.
import type { Path } from "../yaml/path.ts";

type Words = Readonly<Record<string, string>>;

/** @returns the fix, as a sentence; undefined for an unknown word */
export const knownWord = (key: string, path: Path): string | undefined => {
  const words = wordsAt(path);
  return words && Object.hasOwn(words, key) ? words[key] : undefined;
};

const wordsAt = (path: Path): Words | undefined => {
  const [list, , inner, , field] = path;
  if (path.length === 0) return top();
  if (list !== "actions") return undefined;
  if (path.length === 2) return action();
  if (inner === "events" && path.length === 4) return event();
  if (inner !== "tasks") return undefined;
  if (path.length === 4) return task();
  if (field === "volumes") return volume();
  return field === "volume" ? room() : field === "env" ? env() : undefined;
};

/** Synonyms with the same fix. */
const all = (names: string, fix: string): Words => Object.fromEntries(names.split(" ").map((name) => [name, fix]));

const mean = (field: string): string => `Did you mean \`${field}\`?`;

const top = (): Words => ({
  ...all("kind metadata spec", "A job config is not a Kubernetes object: write only `apiVersion: v2` and `actions:`."),
  ...all("version", "Write `apiVersion: v2`."),
  ...all("services jobs workflows pipelines", mean("actions")),
  ...all("tasks steps", "Tasks belong to an action: `actions: [{name: …, events: […], tasks: […]}]`."),
});

const action = (): Words => ({
  ...all("event on trigger triggers when", mean("events")),
  ...all("task steps jobs containers", mean("tasks")),
  ...all("image cmd args command files env resources", "Move it to one of the action's `tasks`."),
  ...all("jsonpath if condition match", "Write `jsonpath` in one of the action's `events`."),
});

const event = (): Words => ({
  ...all("type event", mean("name")),
  ...all(
    "property match path",
    "Move it into `jsonpath`: `jsonpath: {property: $.data.test.teststrategy, match: locust}`.",
  ),
});

const secret = "Write `env: [{name: NAME, valueFrom: secret}]`: each key of the Secret NAME becomes a variable.";
const user = "Move it into `securityContext`.";
const taskValue =
  "Write the result to the file $KEPTN_RESULT; a later task reads it with `env: [{name: IMAGE, valueFrom: task, value: $.build.image}]`.";
const noServer = "Nothing connects to a task: remove it.";
const scheduler = "Use `nodeSelector` and `tolerations`, if the operator allows them.";

const task = (): Words => ({
  ...all("command entrypoint exec run", mean("cmd")),
  ...all("script commands shell", 'Write `cmd: ["sh", "-c", "…"]`.'),
  ...all("arg arguments params", mean("args")),
  ...all("environment variables vars", mean("env")),
  ...all("file resourceFiles", mean("files")),
  ...all("cwd workdir workingDirectory working_dir", mean("workingDir")),
  ...all("serviceAccountName service_account", mean("serviceAccount")),
  ...all("pullPolicy pull_policy", mean("imagePullPolicy")),
  ...all(
    "timeout timeoutSeconds activeDeadlineSeconds deadline maxDuration timeout-minutes",
    `${mean("maxPollDuration")} It is in seconds.`,
  ),
  ...all("imagePullSecret pullSecrets image_pull_secrets", mean("imagePullSecrets")),
  ...all("envFrom env_file secrets secret secretRef", secret),
  ...all(
    "volumeMounts volume_mounts mounts configs configMap configMaps persistentVolumeClaim pvc cache",
    "Write `volumes: [{mount: NAME, path: /PATH, claim: NAME}]`, or configMap, secret or emptyDir instead of claim. `files` copies files of the Git repository into /keptn.",
  ),
  ...all("ports expose hostname healthcheck livenessProbe readinessProbe startupProbe networks network_mode", noServer),
  ...all("restart restartPolicy backoffLimit retry podFailurePolicy", mean("retries")),
  ...all("depends_on dependsOn dependencies after", `${mean("needs")} It lists names of tasks.`),
  ...all("allow_failure allowFailure continue-on-error continueOnError ignoreErrors on_error", mean("onError")),
  ...all("outputs output results result artifacts inputs", taskValue),
  ...all("initContainers init_containers", "Tasks run one after the other: add a task before this one."),
  ...all("container containers template spec", "A task is one container: write its fields directly in the task."),
  ...all("affinity nodeName topologySpreadConstraints", scheduler),
  ...all("node_selector nodeselector", mean("nodeSelector")),
  ...all("priorityClass priority", mean("priorityClassName")),
  ...all("runtimeClass runtime", mean("runtimeClassName")),
  ...all("user runAsUser runAsGroup runAsNonRoot privileged capabilities cap_add read_only", user),
  ...all(
    "limits requests cpu cpus memory mem_limit",
    "Move it into `resources`: `resources: {limits: {memory: 512Mi}}`.",
  ),
  ...all("jsonpath if condition", "Write `jsonpath` in one of the action's `events`."),
});

const env = (): Words => ({
  ...all("key secretKeyRef", "Write `{name: NAME, valueFrom: secret, secret: {name: SECRET, key: KEY}}`."),
  ...all("secretRef", "Write `{name: NAME, valueFrom: secret}`: each key of the Secret NAME becomes a variable."),
  ...all("configMapKeyRef", "Write `{name: NAME, valueFrom: configMap, configMap: {name: CONFIGMAP, key: KEY}}`."),
  ...all("fieldRef resourceFieldRef", "Write the value itself, with `valueFrom: string`."),
  ...all("task step taskRef fromTask output result", "Write `{name: NAME, valueFrom: task, value: $.TASK.PATH}`."),
  ...all("from value_from source", mean("valueFrom")),
  ...all("val default", mean("value")),
  ...all("format", mean("as")),
});

const hostPath = "Tasks cannot mount folders of their node: write `claim`, `configMap`, `secret` or `emptyDir`.";

const volume = (): Words => ({
  ...all("name", mean("mount")),
  ...all("mountPath target", mean("path")),
  ...all("readonly read_only ro", mean("readOnly")),
  ...all("persistentVolumeClaim pvc claimName", mean("claim")),
  ...all("configmap config", mean("configMap")),
  ...all("secretName", mean("secret")),
  ...all("hostPath nfs csi local source", hostPath),
  ...all("projected downwardAPI ephemeral image", "Write `claim`, `configMap`, `secret` or `emptyDir`."),
  ...all("subPath items defaultMode", "The whole volume is always mounted: remove it."),
  ...room(),
});

const room = (): Words => ({ ...all("sizeLimit storage capacity", mean("size")) });
