# SPDX-License-Identifier: Apache-2.0
# SIGKILL for the runner, its keepers and the steps, at many moments: the next run ends as if nothing had been.
. "$(dirname "$0")/common.sh"
cat >job.yaml <<'S'
job: crash
state: state
grace: 1s
steps:
  - id: a
    run: [sh, -c, "echo begin >>a.trace; for i in 1 2 3 4 5; do echo a$i; sleep 0.02; done"]
    stdout: a.txt
  - id: b
    run: [sh, -c, "echo begin >>b.trace; for i in 1 2 3 4 5; do echo b$i; sleep 0.02; done"]
    stdout: b.txt
  - id: c
    needs: [a, b]
    run: [sh, -c, "echo begin >>c.trace; cat a.txt b.txt; sleep 0.05"]
    stdout: c.txt
S
run="tushu-job run -q job.yaml --slot $slot --jobs 2"
check "the undisturbed run" code_is 0 $run
cp c.txt reference
kills=0 resumed=0
for moment in 0.00 0.02 0.04 0.06 0.08 0.10 0.11 0.12 0.13 0.14 0.16 0.20; do
    for victim in runner keeper step; do
        rm -rf state ./*.txt ./*.trace ./*.tushu-job
        $run >/dev/null 2>&1 &
        runner=$!
        sleep "$moment"
        case $victim in
            runner) kill -9 $runner 2>/dev/null && kills=$((kills + 1)) ;;
            keeper) pid=$(pgrep -P $runner | head -1); [ -n "$pid" ] && kill -9 "$pid" 2>/dev/null && kills=$((kills + 1)) ;;
            step) keeper=$(pgrep -P $runner | head -1)
                pid=$([ -n "$keeper" ] && pgrep -P "$keeper" | head -1)
                [ -n "$pid" ] && kill -9 "$pid" 2>/dev/null && kills=$((kills + 1)) ;;
        esac
        wait $runner 2>/dev/null
        cp state/crash/$slot/journal.jsonl before 2>/dev/null || : >before
        check "$victim killed after $moment s: the next run" code_is 0 $run
        check "$victim killed after $moment s: the same result" cmp -s reference c.txt
        check "no half-written file is left" sh -c '! ls *.tushu-job >/dev/null 2>&1'
        # What had ended well is not done again.
        for step in a b c; do
            if grep -q '"type":"end".*"step":"'$step'".*"state":"done"' before; then
                resumed=$((resumed + 1))
                check "$step is kept" [ "$(grep -c begin $step.trace)" = "$(grep -c '"type":"start".*"step":"'$step'"' before)" ]
            fi
        done
    done
done
echo "$kills kills, $resumed finished steps kept"
check "the kills hit something" [ $kills -ge 15 ]

# The runner and the keeper die together, and what the step began has a session of its own: the next run finds it.
cat >daemon.yaml <<'S'
job: daemon
state: state
grace: 1s
steps:
  - id: only
    run: [sh, -c, "test -e second && exit 0; setsid sleep 86311 & setsid sh -c 'exec 3>&- 4>&- 5>&-; exec sleep 86312' & sleep 86313"]
S
tushu-job run -q daemon.yaml --slot $slot &
runner=$!
soon [ "$(living 86312)" = 1 ]
soon pgrep -f 'sleep 86313'
keeper=$(pgrep -P $runner)
kill -STOP $runner "$keeper"
kill -9 $runner "$keeper"
wait $runner 2>/dev/null
check "orphans live on" [ "$(living 'sleep 8631')" -ge 3 ]
touch second
check "the next run" code_is 0 tushu-job run daemon.yaml --slot $slot
check "says what it does" has 'ending what the run before left running' err
check "nothing is left of the dead run" none_lives 'sleep 8631'

# The runner alone dies: its keepers end their steps at once, without any next run.
rm -f second
tushu-job run -q daemon.yaml --slot 2020-01-01 &
runner=$!
soon pgrep -f 'sleep 86313'
kill -9 $runner
wait $runner 2>/dev/null
check "keepers sweep up" soon none_lives 'sleep 8631'
finish
