# shellcheck shell=bash
# What run, test, check and .ci/run share: messages, errors, long work with its progress. Sourced, never run.
# Callers have set -euo pipefail and stand in the project's folder.

# shellcheck disable=SC2034  # by those who source this
log_dir=.run/log

if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' green='' red='' plain=''
fi

if [[ -t 1 && ${TERM:-dumb} != dumb ]]; then terminal=1; else terminal=0; fi
on_terminal() { ((terminal)); }
heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
note() { printf '%s\n' "$*"; }
passed() { printf '%sok%s       %s\n' "$green" "$plain" "$*"; }
failed() { printf '%sFAILED%s   %s\n' "$red" "$plain" "$*"; }
skipped() { printf 'skipped  %s\n' "$*"; }

# One line that says what is wrong and what to do.
die() {
  local status=$1
  shift
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit "$status"
}

# Compilers at one time: a core and 1 GiB of memory for each.
default_jobs() {
  local cores memory_gib
  cores=$(nproc)
  memory_gib=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)
  if ((memory_gib < cores)); then cores=$((memory_gib < 1 ? 1 : memory_gib)); fi
  echo "$cores"
}

# Shows long work while it runs: `work LOG TITLE COMMAND...`. All output goes to LOG. On a terminal one line follows the
# log's last line; elsewhere a line at the beginning, at each tenth of ninja's count, and at the end.
work() {
  local log=$1 title=$2 status=0 start=$SECONDS
  shift 2
  mkdir -p "$(dirname "$log")"
  if ! on_terminal; then note "$title ... (log: $log)"; fi
  "$@" 2>&1 </dev/null | tee "$log" | show_progress "$title" || status=$?
  if on_terminal; then printf '\r\e[K'; fi
  if ((status == 0)); then
    passed "$title, $((SECONDS - start)) s"
  else
    failed "$title, after $((SECONDS - start)) s; log: $log"
  fi
  return "$status"
}

show_progress() {
  local width=100
  if on_terminal; then width=$(tput cols 2>/dev/null || echo 80); fi
  awk -v title="$1" -v terminal="$terminal" -v width="$width" '
    {
      line = $0
      if (match(line, /^\[[0-9]+\/[0-9]+\]/)) {
        split(substr(line, 2, RLENGTH - 2), count, "/")
        tenth = int(count[1] * 10 / count[2])
        if (!terminal && tenth > shown) { printf "  %s of %s\n", count[1], count[2]; shown = tenth; fflush() }
      }
      if (terminal) {
        gsub(/\033\[[0-9;]*[A-Za-z]/, "", line)
        gsub(/[[:cntrl:]]/, " ", line)
        printf "\r\033[K%s", substr(title "  " line, 1, width - 1)
        fflush()
      }
    }'
}
