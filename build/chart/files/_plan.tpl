{{/*
What a release is, as JSON: its values, completed by the defaults of JES's chart and ours, and what follows from them. Every template begins with it.
*/}}
{{- define "job-executor.plan" -}}
{{- $defaults := include "job-executor.defaults" . | fromJson -}}
{{- $values := mergeOverwrite (deepCopy $defaults) (omit .Values "image") -}}
{{- $jes := or (hasKey .Values "remoteControlPlane") (hasKey .Values "subscription") -}}
{{- $keptn := ternary (include "job-executor.keptnNamespace" $values) "" $jes -}}
{{- $components := concat $values.components (include "job-executor.jesComponents" $values | fromJsonArray) -}}
{{- if $values.jobNamespace.name -}}
{{- $components = concat $components (list "other-namespaces" "snapshot-files") -}}
{{- end -}}
{{- $plan := dict
  "values" $values
  "jes" $jes
  "keptnNamespace" $keptn
  "namespace" .Release.Namespace
  "image" (ternary .Values.image (include "job-executor.defaultImage" .) (kindIs "string" .Values.image))
  "secretName" $values.secretName
  "eventRoute" ($values.eventRoute | default (ternary (ternary "nats" "polling" (ne $keptn "")) "webhook" $jes))
  "components" (uniq $components)
  "jobNamespace" (ternary $values.jobNamespace dict (ne $values.jobNamespace.name ""))
  "podSecurityLevel" ($values.podSecurityLevel | default (ternary "privileged" "restricted" $values.jobConfig.allowPrivilegedJobs))
  "fullName" ($values.fullnameOverride | default "" | trunc 63 | trimSuffix "-")
  "func" $values.func
-}}
{{- with include "job-executor.problems" (dict "plan" $plan "given" .Values "defaults" $defaults) | trim -}}
{{- fail (printf "these values cannot be taken (docs/install.md#what-the-chart-cannot-express):\n%s" .) -}}
{{- end -}}
{{- $settings := include "job-executor.defaultSettings" $plan | fromYaml -}}
{{- $settings = mergeOverwrite $settings (include "job-executor.jesSettings" (dict "plan" $plan "defaults" $defaults) | fromJson) -}}
{{- range $name, $value := $values.settings -}}
{{- $_ := set $settings $name (include "job-executor.text" $value) -}}
{{- end -}}
{{- $_ := set $plan "settings" $settings -}}
{{- $_ := set $plan "settingsName" (include "job-executor.settingsName" $plan) -}}
{{- toJson $plan -}}
{{- end -}}

{{/*
A setting as the programs read it: lists with commas, maps as JSON, whole numbers without an exponent.
*/}}
{{- define "job-executor.text" -}}
{{- if kindIs "map" . -}}
{{- toJson . -}}
{{- else if kindIs "slice" . -}}
{{- join "," . -}}
{{- else if and (kindIs "float64" .) (eq (floor .) .) -}}
{{- printf "%.0f" . -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/*
The name has Kustomize's hash of the settings, so that changed settings make new Revisions. `kn func deploy` needs a fixed name.
*/}}
{{- define "job-executor.settingsName" -}}
{{- if .func -}}
job-executor-settings
{{- else -}}
{{- $hash := dict "kind" "ConfigMap" "name" "" "data" .settings | toJson | sha256sum | trunc 10 -}}
job-executor-settings-{{ $hash | replace "0" "g" | replace "1" "h" | replace "3" "k" | replace "a" "m" | replace "e" "t" }}
{{- end -}}
{{- end -}}
