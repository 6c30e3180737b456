#!/bin/sh
# Exit code 2 of `plan -detailed-exitcode` means that there is something to change: a warning for whoever approves.
set -u
export TF_IN_AUTOMATION=1 TF_INPUT=0
work=$(mktemp -d) && cp -r /keptn/terraform/. "$work" && cd "$work" || exit 1 # plugins are larger than the volume /keptn
terraform init -no-color && terraform workspace select -or-create "$WORKSPACE" || exit 1
terraform plan -no-color -detailed-exitcode
case $? in
  0) echo '{"result": "pass", "message": "Nothing to change."}' >"$KEPTN_RESULT" ;;
  2) echo '{"result": "warning", "message": "The infrastructure would change: see the output."}' >"$KEPTN_RESULT" ;;
  *) exit 1 ;;
esac
