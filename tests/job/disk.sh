# SPDX-License-Identifier: Apache-2.0
# Journals that cannot be written, are cut, or are damaged.
. "$(dirname "$0")/common.sh"
cat >job.yaml <<'S'
job: disk
state: state
grace: 300ms
steps:
  - {id: one, run: [sh, -c, "echo x >>one.trace"]}
  - {id: two, needs: one, run: [sh, -c, "echo x >>two.trace"]}
  - {id: long, run: [sh, -c, "test -e ok || sleep 86351"]}
S
journal=state/disk/$slot/journal.jsonl
mkdir -p state/disk/$slot
ln -s /dev/full $journal
check "a full disk from the first line" code_is 74 tushu-job run job.yaml --slot $slot
check "is named" has 'no space left' err
check "nothing was begun" [ ! -e one.trace ]
rm -rf state

# The disk fills while steps run: those are stopped, nothing goes on unrecorded. (A limit on the size of files stands
# in for the disk; the journal is the only file that grows beyond it.)
(ulimit -f 1; exec tushu-job run job.yaml --slot $slot --jobs 2) >out 2>err
code=$?
check "a disk that fills up" [ $code = 74 ]
check "running steps are stopped" none_lives 'sleep 86351'
touch ok
check "with room again, the run is taken up" code_is 0 tushu-job run job.yaml --slot $slot
check "whatever was recorded is kept" [ "$(grep -c x one.trace)" -le 2 ]

# Every possible cut of the journal: the run resumes and ends well.
cp $journal whole
size=$(stat -c %s whole)
for at in $(seq 1 97 "$size") "$((size - 1))"; do
    head -c "$at" whole >$journal
    check "cut at $at of $size" code_is 0 tushu-job run -q job.yaml --slot $slot
done
printf '{"type":"start","at":"2019-12-31T16:00:00Z","st' >>$journal
check "status reads over a half line" code_is 0 tushu-job status -q job.yaml

sed '2s/type/\x01/' whole >$journal
check "damage in the middle is no end" code_is 65 tushu-job run job.yaml --slot $slot
check "the line is named" has 'journal.jsonl: line 2: ' err
check "--again begins anew" code_is 0 tushu-job run job.yaml --slot $slot --again
check "and keeps the evidence" [ -e $journal.damaged ]
finish
