using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Toolchain.Data;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;

namespace Toolchain.EndToEnd;

/// <summary>
/// Published datasets by name, from training to the report, on stand-ins of their unpacked files with as many images of the same shape:
/// drawn digits.
/// </summary>
[Trait("Category", "Slow")]
public sealed class PublishedDatasetTests : CommandTest
{
    const string variable = "UVL_DATA_DIR";

    readonly string? before = Environment.GetEnvironmentVariable(variable);

    /// <inheritdoc/>
    public override void Dispose()
    {
        Environment.SetEnvironmentVariable(variable, before);
        base.Dispose();
    }

    [Theory]
    [InlineData("fashion-mnist", 10_000, "ankle boot")]
    [InlineData("kmnist", 10_000, "tsu")]
    [InlineData("cifar10", 10_000, "automobile")]
    [InlineData("usps", 2_007, "9")]
    public void Dataset_OfThatName_IsTrainedOnExportedEmbeddedAndEvaluated(string name, int testCount, string className)
    {
        Environment.SetEnvironmentVariable(variable, Folder);
        string evaluated = name;
        switch (name)
        {
            case "cifar10":
                for (int batch = 0; batch < 6; batch++)
                {
                    WriteCifar($"{name}/{(batch < 5 ? $"data_batch_{batch + 1}" : "test_batch")}.bin", (ulong)batch);
                }
                evaluated = In($"{name}/test_batch.bin"); // of all, k-means of the raw pixels alone takes minutes
                break;
            case "usps":
                WriteLibSvm($"{name}/usps", 7_291, 0);
                WriteLibSvm($"{name}/usps.t", 2_007, 1);
                break;
            default:
                WriteIdx($"{name}/train", 60_000, 0);
                WriteIdx($"{name}/t10k", 10_000, 1);
                break;
        }
        Ok("train", "moco", "--data", name, "--out", In("run"), "--threads", "1", "--set", "stepCount=20", "--set", "batchSize=32", "--set",
            "queueLength=64");
        Ok("export", In("run"), "--out", In("again.onnx"));
        Assert.Equal(File.ReadAllBytes(In("run/model.onnx")), File.ReadAllBytes(In("again.onnx")));
        Ok("embed", In("run"), "--data", name, "--split", "test", "--threads", "1", "--out", In("e.npy"));
        Assert.Equal(testCount, NpyFile.Read(In("e.npy")).Shape[0]);
        Ok("evaluate", In("run"), "--data", evaluated, "--tsne", "0", "--protocol", "strict", "--threads", "1", "--out", In("report"));
        JsonElement metrics = Json("report/metrics.json");
        Assert.Equal(Path.GetFileName(evaluated), metrics.GetProperty("dataset").GetProperty("name").GetString());
        Assert.All(metrics.GetProperty("rows").EnumerateArray(), row => Assert.InRange(row.GetProperty("accuracy").GetDouble(), .11, 1));
        Assert.Contains($"\n| {className} | ", File.ReadAllText(In("report/report.md")), StringComparison.Ordinal);
    }

    JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllText(In(path))).RootElement;

    static void Ok(params string[] command)
    {
        (int status, _, string error) = Run(command);
        Assert.True(status == 0, $"{string.Join(' ', command)}: {error}");
    }

    void WriteIdx(string part, int count, ulong seed)
    {
        ImageSet drawn = ImageSource.Open($"strokes:{count}:{seed}", Split.All);
        Write($"{part}-images-idx3-ubyte", [0, 0, 8, 3, .. Axis(count), .. Axis(28), .. Axis(28), .. drawn.Pixels]);
        Write($"{part}-labels-idx1-ubyte", [0, 0, 8, 1, .. Axis(count), .. drawn.Labels!.Select(label => (byte)label)]);
    }

    void WriteCifar(string path, ulong seed)
    {
        ImageSet drawn = ImageSource.Open($"strokes:10000:{seed}:32:rgb", Split.All);
        int size = drawn.Shape.Size;
        byte[] records = new byte[drawn.Count * (1 + size)];
        for (int i = 0; i < drawn.Count; i++)
        {
            records[i * (1 + size)] = (byte)drawn.Labels![i];
            drawn.Pixels.AsSpan(i * size, size).CopyTo(records.AsSpan(i * (1 + size) + 1));
        }
        Write(path, records);
    }

    void WriteLibSvm(string path, int count, ulong seed)
    {
        ImageSet drawn = ImageSource.Open($"strokes:{count}:{seed}:16", Split.All);
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            text.Append(drawn.Labels![i] + 1);
            for (int at = 0; at < 256; at++)
            {
                text.Append(CultureInfo.InvariantCulture, $" {at + 1}:{drawn.Pixels[i * 256 + at] / 127.5 - 1:0.####}");
            }
            text.Append(" \n");
        }
        Write(path, Encoding.ASCII.GetBytes(text.ToString()));
    }

    void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllBytes(In(path), bytes);
    }

    static byte[] Axis(int size)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, size);
        return bytes;
    }
}
