#!/bin/sh
# Deploys, and tells the tasks that follow where the service is.
set -eu
namespace="$KEPTN_PROJECT-$KEPTN_STAGE"
helm upgrade --install "$KEPTN_SERVICE" /keptn/charts/carts --namespace "$namespace" --set-string "image=$IMAGE" --wait --timeout 8m

cat >"$KEPTN_RESULT" <<END
deployment:
  deploymentNames: [direct]
  deploymentURIsLocal: ["http://$KEPTN_SERVICE.$namespace:80"]
message: "$IMAGE runs in $namespace"
END
