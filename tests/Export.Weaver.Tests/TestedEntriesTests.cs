using Mono.Cecil;

namespace Toolchain.Export.Weaver.Tests;

public sealed class TestedEntriesTests
{
    const string List = "src/Export.Weaver/TestedEntries.txt", Made = "artifacts/TestedEntries.txt";

    [Fact]
    public void List_IsThatOfTheTestedPackage()
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(PackageFiles.TorchSharp);
        IReadOnlyList<string> entries = TestedEntries.Of(module);
        Assert.Equal(TestedEntries.Version, module.Assembly.Name.Version.ToString(3));
        if (!entries.SequenceEqual(File.ReadAllLines(Checkout.In(List))))
        {
            File.WriteAllLines(Checkout.In(Made), entries);
            Assert.Fail($"{List} is not the list of TorchSharp {TestedEntries.Version}: cp {Made} {List}");
        }
    }

    [Fact]
    public void Weave_OtherVersion_NamesTheEntriesThatDiffer()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.dll");
        using (ModuleDefinition module = ModuleDefinition.ReadModule(PackageFiles.TorchSharp))
        {
            module.Assembly.Name.Version = new Version(0, 106, 0, 0);
            MethodDefinition[] entries = [.. RecorderWeaver.Entries(module)];
            entries.Single(entry => entry.Name == "THSTensor_relu").Name = "THSTensor_relu7";
            MethodDefinition softmax = entries.Single(entry => entry.Name == "THSSpecial_softmax");
            softmax.Parameters.Add(new ParameterDefinition(module.TypeSystem.Boolean));
            module.Write(path);
        }
        try
        {
            RecorderWeaver.Result result = RecorderWeaver.Weave(path, new MemoryStream());

            Assert.Equal("this TorchSharp is version 0.106.0, the exporter is tested with 0.107.0; "
                + "native entries that it does not know and refuses (1): THSTensor_relu7; "
                + "entries with another signature, whose arguments it may misread (1): THSSpecial_softmax; "
                + "entries that this version lacks (1): THSTensor_relu", result.Difference);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Main_OtherVersion_PrintsAWarningOfTheBuild()
    {
        using var folder = new TemporaryFolder();
        string source = folder["TorchSharp.dll"];
        using (ModuleDefinition module = ModuleDefinition.ReadModule(PackageFiles.TorchSharp))
        {
            RecorderWeaver.Entries(module).Single(entry => entry.Name == "THSTensor_relu").Name = "THSTensor_relu7";
            module.Write(source);
        }
        TextWriter before = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            Assert.Equal(0, typeof(RecorderWeaver).Assembly.EntryPoint!.Invoke(null, [(string[])["weave", source, source + ".woven"]]));
            Assert.StartsWith("warning TOOLCHAIN001: this TorchSharp is version 0.107.0, the exporter is tested with 0.107.0; native ",
                output.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Console.SetOut(before);
        }
    }
}
