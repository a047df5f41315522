# SPDX-License-Identifier: Apache-2.0
# The job file changes between two runs of a slot.
. "$(dirname "$0")/common.sh"
spec() { # WORD
    cat >job.yaml <<S
job: spec
state: state
parameters: {name: old}
steps:
  - {id: same, run: [sh, -c, "echo x >>same.trace"]}
  - {id: changes, run: [sh, -c, "echo $1 >>changes.trace"]}
  - {id: below, needs: changes, run: [sh, -c, "echo x >>below.trace"]}
  - {id: last, needs: [same, below], run: [sh, -c, "test -e ok && echo {{name}} >last"]}
S
}
spec first
check "the first run" code_is 1 tushu-job run job.yaml --slot $slot --set name=captured
sed -i 's/id: last, /&attention: stop, /' job.yaml
check "again, now as a failure" code_is 1 tushu-job run job.yaml --slot $slot --set name=captured --again
rm -f ./*.trace
mkdir elsewhere
cp job.yaml captured
spec second
touch ok
check "resume goes on with the captured spec" code_is 0 tushu-job resume job.yaml
check "and shows what has changed" has '\+  - \{id: changes, run: .*echo second' err
check "nothing finished is done again" [ ! -e changes.trace ]
check "its parameters are the captured ones" has '^captured$' last

rm -f ok last
cp captured job.yaml
check "fail once more" code_is 1 tushu-job run job.yaml --slot 2020-01-01
rm -f ./*.trace
touch ok
cp captured job.yaml
sed -i 's/echo first/echo second/' job.yaml
check "run goes on with the new spec" code_is 0 tushu-job run job.yaml --slot 2020-01-01
check "what is the same is kept" [ ! -e same.trace ]
check "what changed is done again" has second changes.trace
check "and what hangs on it" has x below.trace

rm -f ok
check "a third slot fails" code_is 1 tushu-job run job.yaml --slot 2020-01-02
touch ok
(cd elsewhere && tushu-job resume ../state/spec/2020-01-02 >../out 2>../err)
check "resume by the run's folder, from anywhere" [ $? = 0 ]
check "history" has '2020-01-02 +done' <(tushu-job status job.yaml --history)

# A program that has changed is a reason, too.
printf '#!/bin/sh\necho x >>prog.trace\n' >prog
chmod +x prog
cat >prog.yaml <<'S'
job: prog
state: state
steps:
  - {id: prog, run: [./prog]}
  - {id: end, needs: prog, attention: stop, run: [test, -e, never]}
S
check "fails" code_is 1 tushu-job run prog.yaml --slot $slot
check "fails again" code_is 1 tushu-job run prog.yaml --slot $slot
check "the program ran once" [ "$(grep -c x prog.trace)" = 1 ]
echo '# newer' >>prog
check "fails again" code_is 1 tushu-job run prog.yaml --slot $slot
check "a new program runs" [ "$(grep -c x prog.trace)" = 2 ]
finish
