#!/bin/sh
# A campaign on Slurm: 'sh slurm-array.sh', in an empty folder that all nodes see, submits the shards and a merge behind them.
#SBATCH --job-name=perfmodel-enumerate
#SBATCH --array=0-7
#SBATCH --cpus-per-task=2
set -eu
shards=8

if [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then
  job=$(sbatch --parsable "$0")
  exec sbatch --job-name=perfmodel-merge --dependency="afterok:$job" --wrap "perfmodel merge part-*.json --report whole.json"
fi

# The array counts from 0, as its line says; shards count from 1.
shard=$((SLURM_ARRAY_TASK_ID + 1))
# A verdict is no fault of the job: the report has it, and merge needs all of them.
perfmodel enumerate --calls 1+2 --shard "$shard/$shards" --report "part-$shard.json" || case $? in 1 | 3) ;; *) exit 1 ;; esac
