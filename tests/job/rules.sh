# SPDX-License-Identifier: Apache-2.0
# What exit codes mean: retries, attention, stopping; summaries, parameters, inputs; the clock.
. "$(dirname "$0")/common.sh"
cat >retry.yaml <<'S'
job: retry
state: state
steps:
  - id: busy
    retries: [50ms, 50ms]
    run: [sh, -c, "echo x >>busy.trace; test $(grep -c x busy.trace) = 3 || exit 75"]
  - id: bad
    retries: [50ms, 50ms]
    run: [sh, -c, "echo x >>bad.trace; exit 65"]
  - id: gone
    retries: [50ms]
    run: [sh, -c, "echo x >>gone.trace; exit 69"]
S
check "the first that failed decides" code_is 65 tushu-job run retry.yaml --slot $slot
check "75 is tried until it works" [ "$(grep -c x busy.trace)" = 3 ]
check "65 never again" [ "$(grep -c x bad.trace)" = 1 ]
check "69 as often as allowed" [ "$(grep -c x gone.trace)" = 2 ]
check "the log of an attempt" has '^$' <(tushu-job log retry.yaml busy --attempt 2; echo)

cat >config.yaml <<'S'
job: config
state: state
steps:
  - {id: wrong, run: [sh, -c, "exit 78"]}
  - {id: other, run: [touch, other]}
S
check "78 stops the job" code_is 78 tushu-job run config.yaml --slot $slot
check "no further step is begun" [ ! -e other ]

cat >attention.yaml <<'S'
job: attention
state: state
steps:
  - {id: go, run: [sh, -c, "exit 1"]}
  - {id: after-go, needs: go, run: [touch, after-go]}
  - {id: halt, attention: stop, run: [sh, -c, "exit 1"]}
  - {id: after-halt, needs: halt, run: [touch, after-halt]}
S
check "attention" code_is 1 tushu-job run attention.yaml --slot $slot
check "continue goes on" [ -e after-go ]
check "stop does not" [ ! -e after-halt ]

printf '#!/bin/sh\necho "$@" >args\nwhile [ $# -gt 0 ]; do [ "$1" = --summary ] && file=$2; shift; done\necho "{\\"counts\\":{\\"records_in\\":7},\\"rejects\\":{\\"bad\\":2},\\"warnings\\":{\\"odd\\":3}}" >"$file"\n' >tushu-try
chmod +x tushu-try
cat >summary.yaml <<'S'
job: summary
state: state
parameters:
  files: [one, two words]
steps:
  - {id: ours, run: [./tushu-try, load, "{{files}}", --, "{{slot.compact}}"]}
S
check "a program with a summary" code_is 0 tushu-job run summary.yaml --slot $slot --set files=x --set "files=two words"
check "is given --summary before --" has '^load x two words --summary .*/ours.1.summary -- 20191231$' args
check "which is read" has '"records_in": 7' state/summary/$slot/run.json
check "status shows rejects and warnings" has 'ours +done +0 +1 +[0-9.]+ +2 +3' <(tushu-job status -q summary.yaml)

cat >inputs.yaml <<'S'
job: inputs
state: state
steps:
  - {id: copy, inputs: in.txt, outputs: out.txt, run: [cp, in.txt, out.txt]}
  - {id: count, needs: copy, run: [sh, -c, "wc -l <out.txt >n; test -e ok"]}
  - {id: none, outputs: nowhere.txt, run: ["true"]}
S
echo 1 >in.txt
check "a declared output that is not made is a fault" code_is 70 tushu-job run inputs.yaml --slot $slot
check "and is named" has 'nowhere.txt' state/inputs/$slot/run.json
check "plan: keep" has 'copy +keep' <(tushu-job plan inputs.yaml --slot $slot)
echo 2 >>in.txt
check "plan: input changed" has 'copy +run' <(tushu-job plan inputs.yaml --slot $slot)
echo 1 >in.txt
echo touched >>out.txt
check "plan: output changed" has 'copy +run' <(tushu-job plan inputs.yaml --slot $slot)

# The clock may stand anywhere: order is the journal's, durations are the steady clock's.
cat >clock.yaml <<'S'
job: clock
state: state
steps:
  - {id: first, run: [sh, -c, "echo x >>clock.trace"]}
  - {id: second, timeout: 5s, needs: first, run: [sh, -c, "test -e ok"]}
S
check "before the jump" code_is 1 env SOURCE_DATE_EPOCH=2000000000 tushu-job run clock.yaml --slot $slot
touch ok
sed -i 's/\[sh, -c, "test -e ok"\]/[sh, -c, "test -e ok || false"]/' clock.yaml
check "after the jump back" code_is 1 env SOURCE_DATE_EPOCH=1000000000 tushu-job status -q clock.yaml
check "again, in the past" code_is 0 env SOURCE_DATE_EPOCH=1000000000 tushu-job run clock.yaml --slot $slot --again
check "the slot is data, not the clock" has '"slot": "2019-12-31"' state/clock/$slot/run.json

# The second cron line.
check "last night ran" code_is 0 env SOURCE_DATE_EPOCH=1577808000 tushu-job status clock.yaml --expect-slot yesterday
check "silence is good" [ ! -s err ]
check "today has not run yet" code_is 1 env SOURCE_DATE_EPOCH=1577808000 tushu-job status clock.yaml --expect-slot today
check "it complains" has 'clock 2020-01-01 did not run' err
check "also when quiet" code_is 1 env SOURCE_DATE_EPOCH=1577808000 tushu-job status -q clock.yaml --expect-slot today
check "it complains" has 'did not run' err
check "a job that never ran at all" code_is 1 env SOURCE_DATE_EPOCH=1577808000 tushu-job status clock.yaml --state nowhere --expect-slot today
finish
