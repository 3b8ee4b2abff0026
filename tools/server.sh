# shellcheck shell=bash
# Starts and ends one earmarkd for a script. Sourced after tools/lib.sh, by scripts that stand in the project's folder.
# start_server sets these, and exports EARMARK_SERVER:
server_pid='' address=''

server_bin=build/release/bin/earmarkd
# shellcheck disable=SC2154  # log_dir is lib.sh's
server_ready=$log_dir/ready server_log=$log_dir/server.log

# start_server DATA PORT [FLAGS...]: returns when it accepts connections. Its exit status 6 (cannot listen) is returned; any other
# end, or none within a minute, is the end of the script. Three lines that seem odd:
#   setsid    Ctrl-C in the script, or closing the terminal, does not end it
#   9>&-      it does not inherit the script's lock
#   DATA      is an absolute path, so that is_server finds the process by it
start_server() {
  local data=$1 port=$2
  shift 2
  : >"$server_ready"
  : >"$server_log"
  setsid "$PWD/$server_bin" --data "$data" --listen "127.0.0.1:$port" "$@" \
    >"$server_ready" 2>"$server_log" </dev/null 9>&- &
  server_pid=$!
  local waited_ms=0 status=0
  until grep -q '^ready ' "$server_ready"; do
    if ! kill -0 "$server_pid" 2>/dev/null; then
      wait "$server_pid" || status=$?
      server_pid=''
      if ((status == 6)); then return 6; fi
      die 1 "the server did not start (exit $status): $(grep -m1 '^earmarkd:' "$server_log" || tail -n 1 "$server_log")"
    fi
    if ((waited_ms > 60000)); then die 1 "the server was not ready within a minute; see $server_log"; fi
    sleep 0.05
    waited_ms=$((waited_ms + 50))
  done
  address=$(sed -n 's/^ready listen=\([^ ]*\) .*/\1/p' "$server_ready")
  server_pid=$(sed -n 's/^ready .*pid=\([0-9]*\).*/\1/p' "$server_ready")
  export EARMARK_SERVER=$address
}

# Whether process $1 is an earmarkd on the data directory $2.
is_server() {
  [[ -n $1 && -r /proc/$1/cmdline ]] && tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -q -F "earmarkd --data $2 "
}

# SIGTERM, and waits for the end of $server_pid. 1: it is still there after 15 seconds.
end_server() {
  local waited_ms=0
  kill -TERM "$server_pid" 2>/dev/null || return 0
  while kill -0 "$server_pid" 2>/dev/null; do
    if ((waited_ms > 15000)); then return 1; fi
    sleep 0.05
    waited_ms=$((waited_ms + 50))
  done
}

# kill -9, without the shell's remark about it.
kill_server() {
  kill -9 "$server_pid" 2>/dev/null || return 0
  wait "$server_pid" 2>/dev/null || true
}
