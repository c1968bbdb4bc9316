using Toolchain.Commands;
using Toolchain.Inference;

namespace Toolchain.EndToEnd;

public sealed class EngineShardTests
{
    [Theory]
    [InlineData(2, 4, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1 SLURM_PROCID=0 SLURM_NTASKS=1")]
    [InlineData(3, 4, "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4")]
    [InlineData(7, 8, "JOB_COMPLETION_INDEX=7 JOB_COMPLETIONS=8")]
    [InlineData(0, 2, "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 PMIX_RANK=0")]
    [InlineData(1, 3, "PMI_RANK=1 PMI_SIZE=3")]
    [InlineData(1, 2, "SLURM_PROCID=1 SLURM_NTASKS=2")]
    public void Find_OfEachEngine_IsItsShard(int index, int count, string environment) =>
        Assert.Equal(new Shard(index, count), Find(environment));

    [Theory]
    [InlineData("", "--shard auto: expected one of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, OMPI_COMM_WORLD_RANK, PMI_RANK, PMIX_RANK, "
        + "SLURM_PROCID in the environment, found none; start it by a job array, an Indexed Job or mpirun, or name the shard as i/n.")]
    [InlineData("JOB_COMPLETION_INDEX=1", "--shard auto: expected JOB_COMPLETIONS, the number of shards, beside JOB_COMPLETION_INDEX=1, "
        + "found none; set it in the pod's env to spec.completions.")]
    [InlineData("SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=2", "--shard auto: expected SLURM_ARRAY_TASK_ID in "
        + "[0..SLURM_ARRAY_TASK_COUNT=4) from its lowest on, found 8; number the tasks one by one, such as --array=0-9.")]
    [InlineData("PMI_RANK=x PMI_SIZE=3", "--shard auto: expected a whole number in PMI_RANK, found 'x'.")]
    public void Find_Mistakes_AreNamed(string environment, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => Find(environment)).Message);

    static Shard Find(string environment)
    {
        Dictionary<string, string> variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return EngineShard.Find(variables.GetValueOrDefault);
    }
}
