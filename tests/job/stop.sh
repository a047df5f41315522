# SPDX-License-Identifier: Apache-2.0
# Ctrl-C, timeouts, steps that leave processes behind, two runs at once.
. "$(dirname "$0")/common.sh"
cat >job.yaml <<'S'
job: stop
state: state
grace: 500ms
steps:
  - id: quick
    run: [sh, -c, "echo x >>quick.trace"]
  - id: slow
    needs: quick
    run: [sh, -c, "test -e ok && exit 0; trap '' TERM; setsid sleep 86321 & sleep 86322; sleep 86323"]
S
tushu-job run job.yaml --slot $slot --record rec.json 2>err &
runner=$!
soon pgrep -f 'sleep 86322'
check "a second run is told to come later" code_is 75 tushu-job run job.yaml --slot $slot
check "with the reason" has 'a run of this job is going on' err
check "another slot, too" code_is 75 tushu-job run job.yaml --slot 2020-01-01
check "status says running" has 'slow +running' <(tushu-job status -q job.yaml)
check "status is content" code_is 0 tushu-job status -q job.yaml
kill -INT $runner
wait $runner
check "dies of the signal" [ $? = 130 ]
check "nothing is left" none_lives 'sleep 8632'
check "the record is written" has '"result": "stopped"' rec.json
check "status wants attention" code_is 1 tushu-job status -q job.yaml
touch ok
check "goes on" code_is 0 tushu-job run job.yaml --slot $slot
check "keeps what was done" [ "$(grep -c x quick.trace)" = 1 ]
check "is complete" code_is 0 tushu-job run job.yaml --slot $slot
check "says so" has 'is complete' err
check "--again begins anew" code_is 0 tushu-job run job.yaml --slot $slot --again
check "from the first step" [ "$(grep -c x quick.trace)" = 2 ]

cat >timeout.yaml <<'S'
job: timeout
state: state
grace: 300ms
steps:
  - id: hangs
    timeout: 300ms
    run: [sh, -c, "trap '' TERM; setsid sh -c 'trap \"\" TERM; sleep 86331; sleep 86332' & sleep 86333; sleep 86334"]
  - id: after
    needs: hangs
    run: [touch, never]
  - id: apart
    run: [touch, apart]
S
check "a timeout is temporary trouble" code_is 75 tushu-job run timeout.yaml --slot $slot
check "the whole tree is gone" none_lives 'sleep 8633'
check "what needed it has not run" [ ! -e never ]
check "what did not need it has" [ -e apart ]

cat >left.yaml <<'S'
job: left
state: state
grace: 300ms
steps:
  - id: leaves
    run: [sh, -c, "setsid sleep 86341 & exit 0"]
  - id: awaits
    on_orphan: wait
    run: [sh, -c, "setsid sh -c 'sleep 0.4; echo late >late' & exit 0"]
  - id: next
    needs: awaits
    run: [cat, late]
S
check "left-overs" code_is 0 tushu-job run left.yaml --slot $slot
check "are ended" none_lives 'sleep 86341'
check "and counted" has 'left 1 processes behind' err

# wait: the runner dies, the step goes on, and its true end is taken over.
cat >wait.yaml <<'S'
job: wait
state: state
steps:
  - id: long
    on_orphan: wait
    run: [sh, -c, "echo x >>long.trace; sleep 1.5; echo end; exit 1"]
    stdout: long.txt
  - id: next
    needs: long
    run: [cat, long.txt]
S
tushu-job run -q wait.yaml --slot $slot &
runner=$!
soon test -e long.trace
kill -9 $runner
wait $runner 2>/dev/null
check "status: interrupted" has 'long +interrupted' <(tushu-job status -q wait.yaml)
check "the next run waits for it" code_is 1 tushu-job run wait.yaml --slot $slot
check "and says so" has 'still running from the run before' err
check "takes its exit code over" has '"adopted": true' state/wait/$slot/run.json
check "it ran once" [ "$(grep -c x long.trace)" = 1 ]
check "its output is in place" has end long.txt
# Over before anybody looks: the same.
rm -rf state long.trace
tushu-job run -q wait.yaml --slot $slot &
runner=$!
soon test -e long.trace
kill -9 $runner
wait $runner 2>/dev/null
soon test -e state/wait/$slot/logs/long.1.exit
check "the end is found" code_is 1 tushu-job run wait.yaml --slot $slot
check "it ran once" [ "$(grep -c x long.trace)" = 1 ]
finish
