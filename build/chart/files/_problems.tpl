{{/*
Why values are refused, a line for each: nothing is ignored silently. The values of JES that have no equivalent are in _jes-values.tpl.
*/}}
{{- define "job-executor.problems" -}}
{{- $values := .plan.values }}
{{- $api := $values.remoteControlPlane.api }}
{{- $jobs := $values.jobConfig }}
{{- if and (kindIs "map" .given.image) (ne (toJson .given.image) (toJson .defaults.image)) }}
- image: this is the image of job-executor-service. Write the name of the functions' image as text: image: REGISTRY/job-executor-functions:0.2.0
{{- end }}
{{- if and (has "kafka-broker" .plan.components) (has "rabbitmq-broker" .plan.components) }}
- components: the Broker `keptn` is on Kafka or on RabbitMQ. Remove kafka-broker or rabbitmq-broker.
{{- end }}
{{- if and (has "any-namespace" .plan.components) (has "other-namespaces" $values.components) }}
- components: any-namespace replaces other-namespaces. Remove one of them.
{{- end }}
{{- if eq $values.jobNamespace.name .plan.namespace }}
- jobNamespace.name: it is the namespace of the release. Leave it empty, or set another one.
{{- end }}
{{- range $name, $value := dict "FULL_DEPLOYMENT_NAME" "fullnameOverride" "INIT_CONTAINER_IMAGE" "image" "JOB_NAMESPACE" "jobNamespace.name" "JOB_POD_SECURITY_LEVEL" "podSecurityLevel, or jobNamespace.podSecurityLevel" "K8S_NAMESPACE" "the namespace of the release" "KEPTN_SECRET_NAME" "secretName" }}
{{- if hasKey $values.settings $name }}
- settings.{{ $name }}: the chart sets it. Set {{ $value }} instead.
{{- end }}
{{- end }}
{{- if and (eq $api.authMode "oauth") (eq $api.protocol "https") (not $api.apiValidateTls) }}
- remoteControlPlane.api.apiValidateTls: with OAuth, JES always verified TLS. Remove it.
{{- end }}
{{- if and (ne $api.authMode "oauth") (ne (toJson $api.oauth) (toJson .defaults.remoteControlPlane.api.oauth)) }}
- remoteControlPlane.api.oauth: it only applies with remoteControlPlane.api.authMode=oauth, as in JES. Remove it, or set authMode.
{{- end }}
{{- if regexMatch "[][{}\\\\]" $jobs.allowedImageList }}
- jobConfig.allowedImageList: replace [ ], { } and \ with explicit entries.
{{- end }}
{{- if not (or $values.podSecurityLevel $jobs.allowPrivilegedJobs) }}
{{- range $name := list "podSecurityContext" "jobSecurityContext" }}
{{- if ne (toJson (index $jobs $name)) (toJson (index $.defaults.jobConfig $name)) }}
- jobConfig.{{ $name }}: set podSecurityLevel to the Pod Security level that tasks need with it: restricted, baseline or privileged. `job-executor migrate` says which one, and whether settings.ALLOW_PRIVILEGED_JOBS=true is needed too.
{{- end }}
{{- end }}
{{- end }}
{{- include "job-executor.refused" (dict "values" $values "defaults" .defaults) }}
{{- end -}}
