using Toolchain.Export.Tracing;
using Toolchain.Graph.Files;
using TorchSharp;

namespace Toolchain.Export.Tests;

/// <summary>
/// The full check of onnx's own Python package (Debian: python3-onnx) over the files of all parity cases, at every opset that it knows. It
/// is skipped where the package is not installed.
/// </summary>
public sealed class CheckerTests
{
    const string Python = "/usr/bin/python3";

    // Those of onnx 1.12, which Debian 12 has.
    static readonly int[] opsets = [13, 14, 15, 16, 17];

    // A line for each file that does not pass.
    const string Script = """
        import pathlib, sys, onnx
        for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
            try:
                onnx.checker.check_model(str(path), full_check=True)
            except Exception as error:
                print(path.name, str(error).strip().splitlines()[0])
        """;

    [Theory, Trait("Category", "Slow")]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    public void EveryCasesFile_PassesTheFullCheckOfOnnx(int opset)
    {
        Assert.Contains(opset, opsets);
        Assert.SkipUnless(File.Exists(Python) && SystemProgram.Run(Python, "-c", "import onnx").Status == 0,
             $"{Python} has no package onnx; install Debian's python3-onnx.");
        using var folder = new TemporaryFolder();
        int written = Write(folder.Root, opset);
        (int code, string said, string error) = SystemProgram.Run(Python, "-c", Script, folder.Root);

        Assert.True(code == 0 && said == "", $"onnx refuses of {written} files:\n{said}{error}");
        Assert.InRange(written, ConverterCases.All.Count * 9 / 10, ConverterCases.All.Count);
    }

    static int Write(string folder, int opset)
    {
        ConverterCases.Case[] cases = [.. ConverterCases.All.Where(item => item.Opset <= opset)];
        for (int i = 0; i < cases.Length; i++)
        {
            using var scope = torch.NewDisposeScope();
            torch.manual_seed(i);
            torch.Tensor example = torch.rand([3, .. cases[i].Sizes]) * (cases[i].High - cases[i].Low) + cases[i].Low;
            example = cases[i].Whole ? example.to(torch.int64) : example;
            var options = new OnnxExportOptions { Opset = opset, KeepNaN = cases[i].KeepNaN };
            TracedModel traced = OnnxExport.Trace(cases[i].Make(), example, options);
            File.WriteAllBytes(Path.Combine(folder, $"{i:d4}-{cases[i].Entry}.onnx"), traced.Model.ToBytes());
        }
        return cases.Length;
    }
}
