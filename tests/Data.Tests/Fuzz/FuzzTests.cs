using System.Globalization;

namespace Toolchain.Data.Tests;

/// <summary>
/// Damaged files are refused in one line or read: no other exception, no hang, no memory beyond bounds. UVL_FUZZ_COUNT sets the mutants of
/// each format of the campaign (20,000 by default), UVL_FUZZ_SEED its seed, UVL_FUZZ_FORMATS its formats (parted by commas; all by
/// default), UVL_FUZZ_TABLE a file to which its table is appended.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    public static TheoryData<string> Formats => [.. FuzzFormat.All.Select(format => format.Name).Where(IsWanted)];

    static bool IsWanted(string format) =>
        Environment.GetEnvironmentVariable("UVL_FUZZ_FORMATS") is not { Length: > 0 } wanted || wanted.Split(',').Contains(format);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_SomeMutants_AreRefusedOrRead(string format) => Run(format, 150, 1, TimeSpan.FromSeconds(10));

    [Theory, Trait("Category", "Torture")]
    [MemberData(nameof(Formats))]
    public void Read_ManyMutants_AreRefusedOrRead(string format) =>
        Run(format, Number("UVL_FUZZ_COUNT", 20_000), Number("UVL_FUZZ_SEED", 2), TimeSpan.FromSeconds(2));

    void Run(string name, int count, int seed, TimeSpan patience)
    {
        FuzzResult result = FuzzCampaign.Run(FuzzFormat.All.Single(format => format.Name == name), count, seed, patience);
        output.WriteLine($"{FuzzResult.Heading}\n{result}");
        if (Environment.GetEnvironmentVariable("UVL_FUZZ_TABLE") is string table)
        {
            File.AppendAllText(table, $"{(File.Exists(table) ? "" : FuzzResult.Heading + "\n")}{result}\n");
        }
        Assert.True(result.First is null, $"{result.Hangs} hangs, {result.Failures} failures; the first: {result.First}");
        Assert.True(result.Refused > 0 || name == "parquet-written", "no damage was ever seen");
    }

    static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is string given ? int.Parse(given, CultureInfo.InvariantCulture) : otherwise;
}
