#!/usr/bin/env bash
# What .ci/run and .ci/long share; they source it. From the root of a clone: one check after another, or two at a time, and the last line `N passed, N failed`.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
passed=0
failed=0
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

# As `dotnet run --no-build --project Conformance -c Release --` does, without asking MSBuild each time what to run.
perfmodel() { dotnet Conformance/bin/Release/net10.0/perfmodel.dll "$@"; }

# judge NAME EXPECTED-EXIT-CODE COMMAND...: runs it, prints one line with the seconds that it took, and what the command printed only if it failed. Succeeds if the code is the expected one.
judge() {
  local name=$1 expected=$2 began=$SECONDS out code
  shift 2
  out=$(mktemp -p "$log")
  "$@" >"$out" 2>&1 </dev/null
  code=$?
  if [ "$code" -eq "$expected" ]; then
    echo "ok      $name ($((SECONDS - began)) s)"
  else
    printf 'FAILED  %s: exit code %s, expected %s\n%s\n' "$name" "$code" "$expected" "$(tail -n 60 "$out")"
    return 1
  fi
}

# check NAME EXPECTED-EXIT-CODE COMMAND...: one check.
check() {
  if judge "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# check_each NAME EXPECTED-EXIT-CODE COMMAND... <ITEMS: one check for each line of the input, which stands for every {}; two at a time.
check_each() {
  local item before=$((passed + failed)) pid
  local -a running=()
  while IFS= read -r item; do
    if [ "${#running[@]}" -eq 2 ]; then
      count "${running[0]}"
      running=("${running[1]}")
    fi
    judge "${@//'{}'/$item}" &
    running+=("$!")
  done
  for pid in "${running[@]+"${running[@]}"}"; do count "$pid"; done
  if [ $((passed + failed)) -eq "$before" ]; then
    failed=$((failed + 1))
    echo "FAILED  $1: there is nothing to check"
  fi
}

count() {
  if wait "$1"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# tests [OPTION...]: the tests, those that wait for CI too; of those more wait for a child, so that four run at a time. Their own totals are added: one line for each test project.
tests() {
  local tests_passed tests_failed
  PERFMODEL_LONG=1 dotnet test -c Release --no-build "$@" -- xUnit.MaxParallelThreads=4 </dev/null 2>&1 | tee "$log/tests" | grep -v '^\[xUnit' || true
  read -r tests_passed tests_failed < <(sed -n 's/.*Failed: *\([0-9]*\), Passed: *\([0-9]*\),.*/\2 \1/p' "$log/tests" |
    awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')
  passed=$((passed + tests_passed))
  failed=$((failed + tests_failed))
  if [ "$tests_passed" -eq 0 ]; then
    failed=$((failed + 1))
    echo "FAILED  no test ran"
  fi
}

wrong_subjects() { perfmodel subjects --json | sed -n 's/.*"name": "\(wrong:[^"]*\)".*/\1/p'; }

# Whether there is what the patch in C is built with.
has_liburcu() { echo '#include <urcu/urcu-memb.h>' | gcc -E -x c - >/dev/null 2>&1; }

# What draws pictures, what shows pages, and what the patch in C is built with; without them their checks say so.
install_tools() {
  if { ! command -v dot >/dev/null || ! command -v chromium >/dev/null || ! has_liburcu; } && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && apt-get install -y -qq graphviz chromium gcc libc6-dev liburcu-dev; } >/dev/null 2>&1
  fi
}

# Nothing else can run if this fails.
build() {
  check "the solution builds without a warning" 0 dotnet build -c Release
  [ "$failed" -eq 0 ] || finish
}

finish() {
  rm -rf perfmodel-failures BenchmarkDotNet.Artifacts
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
}
