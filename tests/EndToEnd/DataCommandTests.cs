using System.Text.Json;
using Toolchain.Cli.Commands;
using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl data</c>, and <c>uvl views</c>, which draws as it does.</summary>
public sealed class DataCommandTests : CommandTest
{
    [Theory]
    [InlineData(100, "x.png", "data", "strokes")]
    [InlineData(20, "x.npy", "data", "strokes", "--count", "20")]
    [InlineData(100, "x.png", "views", "moco", "--data", "strokes:70")]
    public void Drawing_Json_SaysWhatWasDrawn(int images, string output, params string[] command)
    {
        var (lines, error) = (new StringWriter(), new StringWriter());
        int status = UvlCommand.Create().Run([.. command, "--json", "--out", In(output)], lines, error);
        Assert.True(status == 0, error.ToString());
        JsonElement drawn = JsonDocument.Parse(lines.ToString()).RootElement;
        Assert.Equal(("drawn", In(output), images),
            (drawn.GetProperty("event").GetString(), drawn.GetProperty("path").GetString(), drawn.GetProperty("images").GetInt32()));
    }

    [Fact]
    public void Strokes_Interrupted_EndsWith75AndLeavesNothing()
    {
        // So many that no machine is done before it hears the signal.
        using Uvl uvl = Uvl.Start("data", "strokes", "--count", "2000000", "--out", In("x.npy"));
        uvl.WaitForProcessorSeconds(2);
        uvl.Signal("INT");
        Assert.Equal(75, uvl.Wait().Status);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Theory]
    [InlineData("data", "info")]
    [InlineData("verify", "model.onnx")]
    public void EmptyDataset_OfAnyCommand_EndsWith3(params string[] command)
    {
        NpyFile.Write(In("none.npy"), TensorEntry.Of<byte>([], 0, 28, 28));
        var graph = new GraphBuilder("encoder");
        graph.Output("embedding", graph.Flatten(graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28))));
        graph.Build().Save(In("model.onnx"));
        var error = new StringWriter();
        int status = UvlCommand.Create()
            .Run([.. command.Select(word => word.EndsWith(".onnx", StringComparison.Ordinal) ? In(word) : word), "--data", In("none.npy")],
            TextWriter.Null, error);
        Assert.Equal((3, $"uvl: '{In("none.npy")}': expected at least one image, found none; name another "
            + "source.\n"), (status, error.ToString()));
    }
}
