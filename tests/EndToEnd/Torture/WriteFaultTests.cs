using System.Globalization;

namespace Toolchain.EndToEnd.Torture;

/// <summary>
/// Writing fails from the n-th call on, for every n: full disk, failing disk, no permission. Never success, never a fault of the program,
/// the old file stays, and the same command ends with the same bytes once the cause is gone. A library in C between the program and the
/// system makes the faults. UVL_FAULT_VERBS names the commands of the campaign, parted by commas (all).
/// </summary>
public sealed class WriteFaultTests(ITestOutputHelper output, TortureSource source) : CommandTest
{
    static readonly (string Name, int Number)[] errors = [("ENOSPC", 28), ("EIO", 5), ("EACCES", 13)];

    [Fact]
    public void Write_FullDiskAtSomeCalls_LosesNothing() => Run(verbs => [verbs[0]], [errors[0]], every: 4);

    [Fact, Trait("Category", "Torture")]
    public void Write_AnyErrorAtEveryCall_LosesNothing() => Run(verbs => [.. verbs.Where(verb => IsWanted(verb.Name))], errors,
        every: 1);

    static bool IsWanted(string verb) =>
        Environment.GetEnvironmentVariable("UVL_FAULT_VERBS") is not { Length: > 0 } wanted || wanted.Split(',').Contains(verb);

    void Run(Func<IReadOnlyList<TortureVerb>, TortureVerb[]> choose, (string Name, int Number)[] wanted, int every)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Compile(), "no C compiler here, or not Linux: faults cannot be made");
        foreach (TortureVerb verb in choose(TortureVerb.All(source, steps: 2, sweepOfFits: true)))
        {
            string straight = Directory.CreateDirectory(In("straight")).FullName;
            Assert.Equal(0, Faulty(verb, straight, 0, 0).Status);
            int calls = int.Parse(File.ReadAllText(In("count")), CultureInfo.InvariantCulture);
            Assert.True(calls > 2, $"{verb.Name}: {calls} writes were seen");
            byte[][] right = verb.Read(straight);
            int[] places = [.. Enumerable.Range(0, calls).Where(call => call % every == 0).Select(call => call + 1)];
            // Where each start loads libtorch, the errors take turns over the calls.
            var cases = wanted.SelectMany((error, turn) => places.Where(at => !verb.LoadsTorch || at % wanted.Length == turn)
                .Select(at => (Error: error, At: at))).ToArray();
            Parallel.ForEach(cases, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, one =>
                Try(verb, right, one.At, one.Error.Number, $"{verb.Name}, {one.Error.Name} from call {one.At} of {calls} on"));
            string errors = string.Join(verb.LoadsTorch ? " or " : ", ", wanted.Select(error => error.Name));
            TortureTable.Add(output, $"{errors} from the n-th write on, every n", verb.Name, cases.Length, 0);
            Directory.Delete(straight, recursive: true);
        }
    }

    void Try(TortureVerb verb, byte[][] right, int at, int error, string what)
    {
        string place = Directory.CreateDirectory(In($"faulty {error} {at}")).FullName;
        // Where there is one result, an old file of another content stands in its place.
        string old = Path.Combine(place, verb.Results[0]);
        bool isReplaced = verb is { IsTraining: false, Results.Length: 1 };
        if (isReplaced)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(old)!);
            File.WriteAllText(old, "old");
        }
        (int status, string said) = Faulty(verb, place, at, error);
        if (status == 0)
        {
            // A call whose failure is allowed for, such as one that only tries whether the folder can be written.
            Equal();
        }
        else
        {
            Assert.True(status is 2 or 3 or 75, $"{what}: ended with {status}: {said}");
            Assert.Single(said.TrimEnd().Split('\n'));
            Assert.True(!isReplaced || File.ReadAllText(old) == "old", $"{what}: the old file is gone");
            Assert.True(verb.Results.Length == 1 || verb.GoesOn || !verb.Results.Any(name => File.Exists(Path.Combine(place, name))),
                $"{what}: some results are there");
            (int again, _, string complaint) = Uvl.Run(verb.Again(place));
            Assert.True(again == 0, $"{what}: the same command then ended with {again}: {complaint}");
            Equal();
        }
        Directory.Delete(place, recursive: true);

        void Equal()
        {
            byte[][] found = verb.Read(place);
            Assert.All(right.Zip(found), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second), $"{what}: other bytes"));
        }
    }

    (int Status, string Error) Faulty(TortureVerb verb, string place, int at, int error)
    {
        using Uvl uvl = Uvl.StartWith(new()
        {
            ["LD_PRELOAD"] = In("fault.so"),
            ["UVL_FAULT_FOLDER"] = place,
            ["UVL_FAULT_AT"] = at.ToString(CultureInfo.InvariantCulture),
            ["UVL_FAULT_ERROR"] = error.ToString(CultureInfo.InvariantCulture),
            ["UVL_FAULT_COUNT"] = error == 0 ? In("count") : "/dev/null",
        }, verb.Arguments(place));
        (int status, _, string said) = uvl.Wait();
        return (status, said);
    }

    bool Compile()
    {
        string code = Path.Combine(AppContext.BaseDirectory, "Torture", "fault.c");
        foreach (string compiler in new[] { "cc", "clang", "gcc" })
        {
            try
            {
                if (SystemProgram.Run(compiler, "-shared", "-fPIC", "-O1", "-w", "-o", In("fault.so"), code, "-ldl").Status == 0)
                {
                    return true;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not this one.
            }
        }
        return false;
    }
}
