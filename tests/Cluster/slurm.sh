# A Slurm of this machine alone, for run.sh: munge, a controller and node daemons with ports of their own, all in one folder.
# Sourced; needs $work (a short path), $nodes (a count) and Debian's slurm-wlm and munge, started as root.
export SLURM_CONF=$work/slurm.conf
unset "${!SLURM_@}" 2> /dev/null; export SLURM_CONF=$work/slurm.conf

# A port of our own for each daemon: several Slurms may run on one machine.
base_port=$((20000 + $$ % 20000))

write_configuration() {
    local host
    host=$(hostname -s)
    mkdir -p "$work/state" "$work/spool" "$work/daemons"
    cat > "$SLURM_CONF" <<CONF
ClusterName=uvl
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$base_port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket,cred_expire=2
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool/%n
SlurmctldPidFile=$work/daemons/controller.pid
SlurmdPidFile=$work/daemons/%n.pid
SlurmctldLogFile=$work/daemons/controller.log
SlurmdLogFile=$work/daemons/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SlurmctldTimeout=10
SlurmdTimeout=6
MessageTimeout=3
KillWait=2
MinJobAge=300
ReturnToService=2
JobRequeue=1
NodeName=n[1-$nodes] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((base_port + 1))-$((base_port + nodes))] CPUs=1 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
}

start_controller() { slurmctld; }

start_node() { slurmd -N "$1"; }

start_slurm() {
    write_configuration
    dd if=/dev/urandom of="$work/munge.key" bs=128 count=1 2> /dev/null
    chmod 400 "$work/munge.key"
    munged --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/daemons/munge.pid" \
        --log-file="$work/daemons/munge.log" --seed-file="$work/munge.seed"
    slurmctld -c
    for i in $(seq "$nodes"); do start_node "n$i"; done
    local try
    for try in $(seq 100); do
        [ "$(sinfo --noheader --states=idle --format=%D 2> /dev/null)" = "$nodes" ] && return
        sleep 0.2
    done
    return 1
}

# Slurm lets a requeued job wait for two minutes; here it need not.
hurry() {
    local job
    while sleep 1; do
        for job in $(squeue --noheader --array --states=pending --format='%i %r' 2> /dev/null | awk '$2 == "BeginTime" { print $1 }'); do
            scontrol update "JobId=$job" StartTime=now 2> /dev/null
        done
    done
}

# Our own daemons alone, and what they started: each has our configuration in its environment.
stop_slurm() {
    local file pid
    for file in "$work"/daemons/n*.pid "$work/daemons/controller.pid" "$work/daemons/munge.pid"; do
        [ -f "$file" ] && kill -9 "$(cat "$file")" 2> /dev/null
    done
    for file in $(grep -lzx "SLURM_CONF=$SLURM_CONF" /proc/[0-9]*/environ 2> /dev/null); do
        pid=${file//[!0-9]/}
        [ "$pid" = $$ ] || [ "$pid" = "$BASHPID" ] || kill -9 "$pid" 2> /dev/null
    done
}
