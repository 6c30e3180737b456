{{/*
Values of JES's chart that become settings and components. `job-executor migrate` has the same table; test/chart compares the two.
*/}}

{{/* The namespace of a Keptn in the same cluster. */}}
{{- define "job-executor.keptnNamespace" -}}
{{- $remote := .remoteControlPlane -}}
{{- if $remote.autoDetect.enabled -}}
{{- $remote.autoDetect.namespace | default "keptn" -}}
{{- else if regexMatch "^api-gateway-nginx\\.[a-z0-9-]+(\\.svc(\\.cluster\\.local)?)?(:\\d+)?$" $remote.api.hostname -}}
{{- regexReplaceAll "^api-gateway-nginx\\.([a-z0-9-]+).*$" $remote.api.hostname "${1}" -}}
{{- end -}}
{{- end -}}

{{- define "job-executor.jesComponents" -}}
{{- $components := list -}}
{{- if eq .remoteControlPlane.api.authMode "oauth" -}}
{{- $components = append $components "oauth" -}}
{{- end -}}
{{- if or .networkPolicy.ingress.enabled .jobConfig.networkPolicy.enabled -}}
{{- $components = append $components "network-policies" -}}
{{- end -}}
{{- toJson $components -}}
{{- end -}}

{{- define "job-executor.jesSettings" -}}
{{- $settings := dict -}}
{{- $values := .plan.values -}}
{{- $jobs := $values.jobConfig -}}
{{- if .plan.jes -}}
{{- $settings = include "job-executor.jesConnection" .plan | fromJson -}}
{{- end -}}
{{- with include "job-executor.images" $jobs.allowedImageList -}}
{{- $_ := set $settings "ALLOWED_IMAGE_LIST" . -}}
{{- end -}}
{{- with $jobs.labels -}}
{{- $_ := set $settings "JOB_LABELS" (toJson .) -}}
{{- end -}}
{{- if $jobs.allowPrivilegedJobs -}}
{{- $_ := set $settings "ALLOW_PRIVILEGED_JOBS" "true" -}}
{{- end -}}
{{- if ne (toJson $jobs.podSecurityContext) (toJson .defaults.jobConfig.podSecurityContext) -}}
{{- $_ := set $settings "POD_SECURITY_CONTEXT" (toJson $jobs.podSecurityContext) -}}
{{- end -}}
{{- if ne (toJson $jobs.jobSecurityContext) (toJson .defaults.jobConfig.jobSecurityContext) -}}
{{- $_ := set $settings "JOB_SECURITY_CONTEXT" (toJson $jobs.jobSecurityContext) -}}
{{- end -}}
{{- if $jobs.taskDeadlineSeconds -}}
{{- $_ := set $settings "TASK_DEADLINE_SECONDS" (include "job-executor.text" $jobs.taskDeadlineSeconds) -}}
{{- end -}}
{{- toJson $settings -}}
{{- end -}}

{{- define "job-executor.jesConnection" -}}
{{- $settings := dict -}}
{{- $remote := .values.remoteControlPlane -}}
{{- $api := $remote.api -}}
{{- with .values.subscription.pubsubTopic -}}
{{- $_ := set $settings "PUBSUB_TOPIC" . -}}
{{- end -}}
{{- if $remote.autoDetect.enabled -}}
{{- $_ := set $settings "KEPTN_API_ENDPOINT" (printf "http://api-gateway-nginx.%s/api" .keptnNamespace) -}}
{{- else if $api.hostname -}}
{{- $_ := set $settings "KEPTN_API_ENDPOINT" (printf "%s://%s/api" ($api.protocol | default "http") $api.hostname) -}}
{{- if and (eq $api.protocol "https") (not $api.apiValidateTls) -}}
{{- $_ := set $settings "HTTP_SSL_VERIFY" "false" -}}
{{- end -}}
{{- end -}}
{{- if and .keptnNamespace (eq .eventRoute "nats") -}}
{{- $_ := set $settings "PUBSUB_URL" (printf "nats://keptn-nats.%s" .keptnNamespace) -}}
{{- end -}}
{{- if eq $api.authMode "oauth" -}}
{{- range $name, $value := dict "OAUTH_CLIENT_ID" $api.oauth.clientId "OAUTH_DISCOVERY" $api.oauth.clientDiscovery "OAUTH_SCOPES" $api.oauth.scopes -}}
{{- if $value -}}
{{- $_ := set $settings $name $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $settings -}}
{{- end -}}

{{/* JES's `*` matches anything, ours anything except /. Tags have no slash. */}}
{{- define "job-executor.images" -}}
{{- $images := list -}}
{{- range splitList "," . -}}
{{- $image := trim . -}}
{{- $tag := regexFind ":[^/]*$" $image -}}
{{- if $image -}}
{{- $images = append $images (printf "%s%s" (regexReplaceAll "\\*+" (trimSuffix $tag $image) "**") $tag) -}}
{{- end -}}
{{- end -}}
{{- if not (has "**" $images) -}}
{{- join "," $images -}}
{{- end -}}
{{- end -}}
