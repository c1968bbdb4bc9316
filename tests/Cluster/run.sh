#!/usr/bin/env bash
# Do uvl submit slurm and fits of several ranks write the bytes of one run, whatever dies meanwhile? On a real Slurm with four node
# daemons on this machine (Debian: slurm-wlm munge; as root). Prints a line PASS, FAIL or SKIP for each check and then the counts; ends with 1 if any check failed.
#   run.sh [KILLS [SEED]]     KILLS at random times: 3 by default, 50 in the long form
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
uvl=${UVL:-$here/../../uvl}
model=$here/../../models/moco
kills=${1:-3} seed=${2:-1} nodes=4
images=${IMAGES:-60000}
lines=()
failed=0

say() {
    echo "$1"
    lines+=("$1")
    [[ $1 != FAIL* ]] || failed=$((failed + 1))
}

finish() {
    local word counts=()
    for word in PASS FAIL SKIP; do counts+=("$(printf '%s\n' "${lines[@]}" | grep -c "^$word ")"); done
    echo "cluster: ${counts[0]} passed, ${counts[1]} failed, ${counts[2]} skipped"
    [ "$failed" = 0 ]
    exit
}

python=${PYTHON:-/usr/bin/python3}
if "$python" -c 'import yaml' 2> /dev/null; then
    say "$("$python" "$here/kubernetes.py" "$here/../../deploy/kubernetes")"
    manifests=$(mktemp -d)
    if "$uvl" submit kubernetes /data/moco --data "/data/my digits" --polarity light --out /data/v.parquet --shards 5 --nodes 2 \
        --image localhost:5000/uvl:2 --name try --folder "$manifests" --dry-run > "$manifests/log" 2>&1 \
        && "$uvl" submit kubernetes cluster /data/v.npy --k 10 --out /data/c.onnx --ranks 5 \
        --image localhost:5000/uvl:2 --name try --folder "$manifests" --dry-run >> "$manifests/log" 2>&1; then
        say "$("$python" "$here/kubernetes.py" "$manifests"), as uvl submit writes them"
    else
        say "FAIL kubernetes: uvl submit: $(tail -1 "$manifests/log")"
    fi
    rm -rf "$manifests"
else
    say "SKIP kubernetes: $python has no yaml (Debian: python3-yaml)"
fi

for program in slurmctld slurmd sbatch munged; do
    command -v $program > /dev/null || { say "SKIP slurm: $program is not installed (Debian: slurm-wlm munge)"; finish; }
done
[ "$(id -u)" = 0 ] || { say "SKIP slurm: its daemons want root"; finish; }

work=$(mktemp -d)
. "$here/slurm.sh"
trap 'kill $(jobs -p) 2> /dev/null; stop_slurm; umount "$work/disk" 2> /dev/null; rm -rf "$work"' EXIT
cd "$work" || exit 1
start_slurm || { say "SKIP slurm: its daemons do not start here, no $nodes idle nodes after 20 s: $(sinfo 2>&1 | tail -1) $(tail -1 daemons/*.log)"; finish; }
hurry &
say "PASS slurm: $(slurmctld -V), $nodes node daemons"

RANDOM=$seed
# Seconds, from 0 to $1, in thousandths.
random_seconds() { printf '%d.%03d' $((RANDOM % $1)) $((RANDOM % 1000)); }

# A follower that Slurm keeps waiting after its controller died is asked to end (75), and the same command follows again.
submit() { timeout 60 "$uvl" submit slurm "$model" --data "strokes:$images" --quiet --poll-seconds 0.2 "$@"; }

# The same bytes as one run: name, file.
same() {
    if cmp one.npy "$2" > log 2>&1 && cmp one.novelty.npy "${2%.npy}.novelty.npy" > log 2>&1; then say "PASS $1"; else
        say "FAIL $1: $(tail -1 log) $(tr '\n' ' ' < said)"
    fi
}

"$uvl" embed "$model" --quiet --novelty --data "strokes:$images" --out one.npy > said 2>&1 || { say "FAIL one run: $(tail -1 said)"; finish; }
submit --novelty --out four.npy --shards 4 > said 2>&1
same "four workers write the bytes of one" four.npy

# Waits until a shard of $1 grows; a task that was queued last may wait for a node.
growing() {
    local try
    for try in $(seq 300); do
        compgen -G "$1.shard-*.partial" > /dev/null && return
        sleep 0.1
    done
    return 1
}

# Processes of our Slurm's tasks on node $1 (n[1-4] for all), whose words have $2. Their environment tells: several Slurms may run here.
tasks() {
    local file pid
    for file in $(grep -lzx "SLURMD_NODENAME=$1" /proc/[0-9]*/environ 2> /dev/null); do
        pid=${file//[!0-9]/}
        grep -qzx "SLURM_CONF=$SLURM_CONF" "$file" 2> /dev/null && grep -qza -- "$2" "/proc/$pid/cmdline" 2> /dev/null && echo "$pid"
    done
}

parent() { awk '/^PPid:/ { print $2 }' "/proc/$1/status"; }

# Kills a node at once: its daemon, its tasks, and the daemon of each task, which is the parent of its script.
kill_node() {
    local pid pids
    pids=$(tasks "$1" .)
    for pid in $pids; do
        [ "$(cat "/proc/$(parent "$pid")/comm" 2> /dev/null)" != slurmstepd ] || pids="$(parent "$pid") $pids"
    done
    kill -9 "$(cat "daemons/$1.pid")" $pids 2> /dev/null
}

# Kills $1 while $2.npy is made by eight shards, and runs the same command until it is done.
survive() {
    local what=$1 name=$2 try node pid
    submit --novelty --out "$name.npy" --shards 8 --json > said 2> err &
    local follower=$!
    growing "$name.npy" || { say "FAIL kill $what: nothing was embedded: $(cat said err)"; return; }
    sleep "$(random_seconds 3)"
    case $what in
        task)
            pid=$(tasks 'n[1-4]' embed | shuf -n 1 --random-source=<(yes $RANDOM))
            [ -z "$pid" ] || kill -9 "$pid"
            ;;
        node)
            node=n$((1 + RANDOM % nodes))
            kill_node "$node"
            sleep "$(random_seconds 2)"
            start_node "$node"
            ;;
        controller)
            kill -9 "$(cat daemons/controller.pid)"
            sleep "$(random_seconds 3)"
            start_controller
            ;;
    esac
    wait $follower
    for try in 1 2 3; do
        [ -f "$name.npy" ] && break
        # Jobs that the dead controller forgot to end would be followed again.
        [ $try = 1 ] || scancel --full $(cat "$name.npy.slurm/jobs") 2> /dev/null
        # Its successor drains nodes that run what it has no record of ("Duplicate jobid"), until someone resumes them.
        [ -z "$(sinfo -h -t drain,drained -o %N)" ] || scontrol update nodename=ALL state=resume 2> /dev/null
        submit --novelty --out "$name.npy" --shards 8 >> said 2>> err
    done
    cat err >> said
    same "kill -9 of a $what: the bytes of one run" "$name.npy"
    rm -rf "$name".*
}

what=(${KILL:-task node controller})
for i in $(seq 0 $((kills - 1))); do survive "${what[i % ${#what[@]}]}" "k$i"; done

# A task whose node stops (SIGSTOP of all of it) is taken for lost; its shard is done elsewhere, and then it wakes.
submit --novelty --out paused.npy --shards 8 > said 2>&1 &
follower=$!
growing paused.npy
node=n$((1 + RANDOM % nodes))
paused="$(cat "daemons/$node.pid") $(tasks $node .)"
kill -STOP $paused 2> /dev/null
wait $follower
digest=$(sha256sum paused.npy 2>&1)
kill -CONT $paused 2> /dev/null
for try in $(seq 100); do [ -z "$(tasks $node embed)" ] && break; sleep 0.2; done
same "a paused task that wakes after its shard was redone" paused.npy
[ "$digest" = "$(sha256sum paused.npy 2>&1)" ] || say "FAIL a paused task: it changed the merged file"
"$uvl" embed --merge --out paused.npy > said 2>&1
same "the shards merge to the same bytes after it woke" paused.npy

# scontrol requeue, as a preemption does.
submit --novelty --out requeued.npy --shards 8 > said 2>&1 &
follower=$!
growing requeued.npy
job=$(cut -d ' ' -f 1 requeued.npy.slurm/jobs 2> /dev/null)
running=$(squeue --noheader --array --jobs="$job" --states=running --format=%i | head -1)
scontrol requeue "$running" >> log 2>&1 || say "FAIL requeue: $(tail -1 log)"
wait $follower
same "a requeued task resumes" requeued.npy

# One node's disk is full: there the folder of the output is a disk of 400 KB. The shards that run there fail with 75 and are named; the
# same command does them once there is room.
mkdir share
if unshare -m mount -t tmpfs -o size=400k none share 2> log; then
    cat > uvl-n1 <<SCRIPT
#!/bin/bash
[ "\$SLURMD_NODENAME" != n1 ] || [ -e "$work/mended" ] || exec unshare -m bash -c 'mount -t tmpfs -o size=400k none "$work/share"; exec "\$0" "\$@"' "$uvl" "\$@"
exec "$uvl" "\$@"
SCRIPT
    chmod +x uvl-n1
    submit --novelty --out share/full.npy --folder full --shards 8 --uvl "$work/uvl-n1" > said 2> err
    status=$?
    if [ $status = 75 ] && grep -q 'exit code 75 on n1; log full/logs/[0-7].log: uvl: No space left on device' err \
        && grep -q 'sbatch --array=' err; then
        say "PASS a full disk on one node: its shards are named, with log and command"
    else
        say "FAIL a full disk on one node: ended with $status: $(cat said err | tr '\n' ' ')"
    fi
    touch mended
    submit --novelty --out share/full.npy --folder full --shards 8 --uvl "$work/uvl-n1" > said 2>&1
    same "a full disk on one node, mended" share/full.npy
else
    say "SKIP a full disk on one node: nobody may mount one here: $(tail -1 log)"
fi

# Four ranks fit clusters together, as tasks of one step. Five parts of rows (65,536 each) in clouds.
"$python" "$here/clouds.py" rows.npy 330000 8
fit() { "$uvl" cluster rows.npy --quiet --k 12 --method "$1" "${@:2}"; }
for method in kmeans gmm; do
    fit $method --out "one-$method.onnx" > said 2>&1 || say "FAIL one program fits $method: $(tail -1 said)"
    srun --ntasks=$nodes --overcommit "$uvl" cluster rows.npy --quiet --k 12 --method $method --threads 1 --shard auto \
        --out "$method.onnx" > said 2>&1
    if cmp "one-$method.onnx" $method.onnx > log 2>&1; then say "PASS srun: four ranks fit $method to the bytes of one program"; else
        say "FAIL srun: four ranks fit $method: $(tail -1 log) $(tr '\n' ' ' < said)"
    fi
done

# Waits until the fit of $1 has $2 steps.
fitting() {
    local try
    for try in $(seq 600); do
        [ "$(compgen -G "$1.fit/*.total" | wc -l)" -ge "$2" ] && return
        sleep 0.05
    done
    return 1
}

# uvl submit of a fit. A rank is killed, and starts again in its task; then a command whose ranks fail, and are named.
"$uvl" pca rows.npy --quiet --components 5 --out one-pca.onnx > said 2>&1 || say "FAIL one program fits components: $(tail -1 said)"
submit_fit() { timeout 100 "$uvl" submit slurm "$1" "${rows:-rows.npy}" --quiet --poll-seconds 0.2 --threads 1 "${@:2}"; }
submit_fit pca --components 5 --out pca.onnx --ranks $nodes > said 2>&1
if cmp one-pca.onnx pca.onnx > log 2>&1; then say "PASS submit: four ranks fit components to the bytes of one program"; else
    say "FAIL submit: four ranks fit components: $(tail -1 log) $(tr '\n' ' ' < said)"
fi
"$python" - << 'CODE'
import numpy
numpy.save("few.npy", numpy.load("rows.npy", mmap_mode="r")[:20000])
CODE
"$uvl" neighbours few.npy --quiet --each --mode exact --count 5 --out one-near.npy > said 2>&1 \
    || say "FAIL one program finds neighbours: $(tail -1 said)"
rows=few.npy submit_fit neighbours --count 5 --out near.npy --ranks $nodes > said 2>&1
if cmp one-near.npy near.npy > log 2>&1 && cmp one-near.distances.npy near.distances.npy > log 2>&1; then
    say "PASS submit: four ranks find neighbours to the bytes of one program"
else
    say "FAIL submit: four ranks find neighbours: $(tail -1 log) $(tr '\n' ' ' < said)"
fi
# Kills rank 2 of what makes $1, once there are $2 steps, and says when.
kill_rank() {
    local pid
    fitting "$1" "$2"
    for pid in $(tasks 'n[1-4]' "$1"); do
        if grep -qzx SLURM_PROCID=2 "/proc/$pid/environ" && grep -qza -- 2/4 "/proc/$pid/cmdline" \
            && [ "$(cat "/proc/$pid/comm")" != bash ]; then
            kill -9 "$pid" && echo "rank 2 at step $(compgen -G "$1.fit/*.total" | wc -l)"
        fi
    done
}
submit_fit cluster --k 12 --method gmm --out submitted.onnx --nodes $nodes > said 2>&1 &
follower=$!
killed=$(kill_rank submitted.onnx 10)
wait $follower
if [ "$killed" ] && cmp one-gmm.onnx submitted.onnx > log 2>&1; then say "PASS submit: a rank that was killed ($killed) goes on"; else
    say "FAIL submit: a rank that was killed ($killed): $(tail -1 log) $(tr '\n' ' ' < said)"
fi
# Neighbours in three steps; the rank dies in the second.
"$python" "$here/clouds.py" three.npy 150000 8
"$uvl" neighbours three.npy --quiet --each --mode exact --count 5 --out one-three.npy > said 2>&1 \
    || say "FAIL one program finds neighbours of three parts: $(tail -1 said)"
rows=three.npy submit_fit neighbours --count 5 --out three-near.npy --ranks $nodes > said 2>&1 &
follower=$!
killed=$(kill_rank three-near.npy 1)
wait $follower
if [ "$killed" ] && cmp one-three.npy three-near.npy > log 2>&1 && cmp one-three.distances.npy three-near.distances.npy > log 2>&1; then
    say "PASS submit: a rank that was killed ($killed) goes on finding neighbours"
else
    say "FAIL submit: a rank that was killed ($killed), neighbours: $(tail -1 log) $(tr '\n' ' ' < said)"
fi
submit_fit cluster --k 400000 --out many.onnx --ranks 2 > said 2> err
status=$?
if [ $status = 2 ] && grep -q "rank [01]: exit code 2 on n[1-4]; log many.onnx.slurm/logs/[01].log: uvl: --k '400000': expected at most 330000" \
    err; then say "PASS submit: ranks that fail are named"; else
    say "FAIL submit: ranks that fail are named: ended with $status: $(cat said err | tr '\n' ' ')"
fi

# Ranks as tasks of a job array: those of a node that dies are requeued. Rank 0 is killed, then a node.
cat > fit.sbatch <<SCRIPT
#!/bin/bash
#SBATCH --requeue --open-mode=append --output=$work/fit-%a.log
for try in 1 2 3; do
    "$uvl" cluster rows.npy --quiet --k 12 --method gmm --threads 1 --shard auto --out killed.onnx && exit
done
SCRIPT
sbatch --parsable --array=0-$((nodes - 1)) fit.sbatch > said 2>&1
fitting killed.onnx 10
killed=
for pid in $(tasks 'n[1-4]' killed.onnx); do
    if grep -qzx SLURM_ARRAY_TASK_ID=0 "/proc/$pid/environ" && grep -qza -- --shard "/proc/$pid/cmdline"; then
        kill -9 "$pid" && killed="rank 0 at step $(compgen -G 'killed.onnx.fit/*.total' | wc -l)"
    fi
done
fitting killed.onnx 60
node=n$((1 + RANDOM % nodes))
[ -z "$(tasks $node killed.onnx)" ] || killed="$killed, $node at step $(compgen -G 'killed.onnx.fit/*.total' | wc -l)"
kill_node $node
sleep 1
start_node $node
for try in $(seq 900); do [ -f killed.onnx ] && break; sleep 0.1; done
if cmp one-gmm.onnx killed.onnx > log 2>&1; then say "PASS a fit that was killed ($killed): the bytes of one program"; else
    say "FAIL a fit that was killed ($killed): $(tail -1 log) $(cat fit-*.log | tr '\n' ' ')"
fi
finish
