# For the steps of action.yml: the job configs that CONFIGS names, and the command.
set -euo pipefail
shopt -s globstar nullglob

job_executor() { "$GITHUB_ACTION_PATH/node_modules/.bin/node" "$GITHUB_ACTION_PATH/functions/cli/main.ts" "$@"; }

configs=()
while IFS= read -r pattern; do
  # Unquoted: a pattern becomes the files that it fits. A name with blanks fits itself, for nothing splits it.
  IFS= && for file in $pattern; do [ -f "$file" ] && configs+=("$file"); done
done <<<"$CONFIGS"
if [ ${#configs[@]} -eq 0 ]; then
  echo "::error::No job config is there: ${CONFIGS//$'\n'/, }. Name them in the input configs."
  exit 1
fi
settings=()
[ -z "${SETTINGS:-}" ] || settings=(--settings "$SETTINGS")
