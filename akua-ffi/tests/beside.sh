# Sourced by run.sh and sanitizers.sh: compilers run beside each other, as many as there are processors.
#   later COMMAND...    notes a command
#   together            runs what was noted, in no order, and fails if one of them does
later() { printf '%q ' "$@" >>"$out/later" && echo >>"$out/later"; }
together() {
    xargs --delimiter='\n' --max-args=1 --max-procs="$(nproc)" bash -c <"$out/later"
    rm "$out/later"
}
