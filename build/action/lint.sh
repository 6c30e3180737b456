#!/usr/bin/env bash
# Annotates the lines of job configs that something is wrong with.
. "$GITHUB_ACTION_PATH/build/action/configs.sh"
[ "${FROM_JES:-false}" != true ] || settings+=(--from-jes)
job_executor lint --format github "${settings[@]}" "${configs[@]}"
