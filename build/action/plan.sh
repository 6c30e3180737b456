#!/usr/bin/env bash
# Draws what an event starts, into the summary of the workflow's job and the output `diagrams`.
. "$GITHUB_ACTION_PATH/build/action/configs.sh"
{
  for file in "${configs[@]}"; do
    printf '### %s\n\n' "$file"
    if diagram=$(job_executor plan --event "$EVENT" --config "$file" --output mermaid "${settings[@]}"); then
      printf '```mermaid\n%s\n```\n\n' "$diagram"
    else
      printf 'The event would be refused, or starts nothing: see the annotations.\n\n'
    fi
  done
} | tee -a "$GITHUB_STEP_SUMMARY" >"$RUNNER_TEMP/diagrams.md"
mark=diagrams-$RANDOM$RANDOM
{ echo "diagrams<<$mark"; cat "$RUNNER_TEMP/diagrams.md"; echo "$mark"; } >>"$GITHUB_OUTPUT"
