# Sourced by the actions: contexts from where the workflow of the main branch says, and previews from them. Nothing here may
# end a judgement: what fails is said, and the judgement goes on without.

# Of each: the command, fetching, a preview.
if ! [[ $CONTEXTS_SECONDS =~ ^[1-9][0-9]{0,4}$ ]]; then
  echo "::error::the input contexts-timeout-seconds is no whole number above 0; it is taken for 240"
  CONTEXTS_SECONDS=240
fi

# Contexts, and what somebody wrote into flags, come into the log by errors: nothing in between is a command to the runner.
stopped=
stop_commands() {
  stopped=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
  echo "::stop-commands::$stopped"
}
resume_commands() {
  echo "::$stopped::"
}

names_contexts() {
  [ -n "$CONTEXTS$CONTEXTS_COMMAND$CONTEXTS_ARTIFACT" ]
}

# Files of contexts, by their names within $WORKSPACE/contexts.
contexts=()
gather_contexts() {
  names_contexts || return 0
  local folder=$WORKSPACE/contexts code=0 wanted=() files=() line
  mkdir -p "$folder"
  if [ -n "$CONTEXTS_COMMAND" ] && [ ! -f "$WORKSPACE/contexts-made" ]; then
    echo "::error::the command for contexts failed, so nobody can tell whom a change moves; its step says why"
    return 0
  fi
  while IFS= read -r line; do
    line=$(sed 's/^[[:space:]]*//; s/[[:space:]]*$//' <<<"$line")
    if [ -n "$line" ]; then files+=("$line"); fi
  done <<<"$CONTEXTS"
  if [ -n "$CONTEXTS_ARTIFACT" ]; then wanted+=("--artifact=$CONTEXTS_ARTIFACT"); fi
  if [ "${#wanted[@]}" -gt 0 ] || [ "${#files[@]}" -gt 0 ]; then
    stop_commands
    # The workflow's own token may read artifacts, and the App need not.
    GITHUB_TOKEN=$CONTEXTS_TOKEN timeout --kill-after=10 "$CONTEXTS_SECONDS" \
      node "$GITHUB_ACTION_PATH/../../../dist/scripts/flagctl.js" --repo "$REPOSITORY" \
      contexts fetch --base "origin/$BRANCH" --out "$folder" "${wanted[@]}" -- "${files[@]}" || code=$?
    resume_commands
    if [ "$code" != 0 ]; then
      echo "::error::the contexts could not be fetched (exit code $code), so nobody can tell whom a change moves; the log says why"
      return 0
    fi
  fi
  while IFS= read -r -d '' line; do contexts+=("${line#./}"); done < <(cd "$folder" && find . -type f -print0 | sort -z)
}

# Previews the merge of $2 into $1 within $3 seconds, and writes it to $4. Without contexts it is an estimate.
preview_merge() {
  local code=0 words=() name
  for name in "${contexts[@]}"; do words+=("--contexts=$name"); done
  if [ "${#words[@]}" -gt 0 ] && [ -n "$POPULATION" ]; then words+=("--population=$POPULATION"); fi
  if [ "${#words[@]}" -gt 0 ] && [ -n "$BY" ]; then words+=("--by=$BY"); fi
  mkdir -p "$WORKSPACE/contexts"
  stop_commands
  (cd "$WORKSPACE/contexts" && bounded_flagctl "$3" preview "--base=$1" "--head=$2" "${words[@]}" --json) >"$4" || code=$?
  resume_commands
  case $code in
    0) return 0 ;;
    1) echo "There is no preview: the change does not load or cannot be merged, as its verdict says." ;;
    124 | 137) echo "::error::the preview took longer than $3 s: give it fewer contexts, or more time by contexts-timeout-seconds" ;;
    *) echo "::error::the preview could not be made (exit code $code); the log says why" ;;
  esac
  rm -f "$4"
  return 1
}
