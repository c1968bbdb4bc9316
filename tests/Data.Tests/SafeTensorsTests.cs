using System.Text;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Tests;

public sealed class SafeTensorsTests
{
    static readonly (string, TensorEntry)[] Two = [("b", TensorEntry.Of<byte>([7, 8, 9], 3)), ("a", TensorEntry.Of<float>([1, 2], 1, 2))];

    [Fact]
    public void Write_TwoTensors_IsHeaderThenAlignedData()
    {
        using var folder = new TemporaryFolder();
        SafeTensors.Write(folder["t"], Two, new Dictionary<string, string> { ["z"] = "1", ["k"] = "v" });
        string header = """{"__metadata__":{"k":"v","z":"1"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":"""
            + """{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""";
        header = header.PadRight((header.Length + 7) / 8 * 8);
        Assert.Equal([(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(header), 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 7, 8,
            9], File.ReadAllBytes(folder["t"]));
    }

    [Fact]
    public void Write_OtherOrder_GivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        SafeTensors.Write(folder["t"], Two);
        SafeTensors.Write(folder["u"], [Two[1], Two[0]]);
        Assert.Equal(File.ReadAllBytes(folder["t"]), File.ReadAllBytes(folder["u"]));
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        (string, TensorEntry)[] tensors =
        [
            ("half", TensorEntry.Of<Half>([(Half)0.5f], 1)), ("empty", TensorEntry.Of<float>([], 0, 3)),
            ("scalar", TensorEntry.Of<long>([-1])),
            ("brain", new(TensorKind.BFloat16, [1], new byte[] { 0x80, 0x3F })), ("ünï", TensorEntry.Of<bool>([true, false], 2)),
                ("int", TensorEntry.Of<int>([5], 1)),
        ];
        SafeTensors.Write(folder["t"], tensors, new Dictionary<string, string> { ["note"] = "\"ä\"\n" });
        SafeTensorsContent content = SafeTensors.Read(folder["t"]);
        Assert.Equal("\"ä\"\n", content.Metadata["note"]);
        Assert.Equal(tensors.Length, content.Tensors.Count);
        foreach ((string name, TensorEntry expected) in tensors)
        {
            TensorEntry found = content.Tensors.Single(entry => entry.Name == name).Tensor;
            Assert.Equal(expected.Kind, found.Kind);
            Assert.Equal(expected.Shape.ToArray(), found.Shape.ToArray());
            Assert.Equal(expected.Data.ToArray(), found.Data.ToArray());
        }
    }

    [Fact]
    public void Write_NameTwice_IsRefusedAndWritesNothing()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("'tensors' must have distinct names other than __metadata__, had 'a' again. (Parameter 'tensors')",
            Assert.Throws<ArgumentException>(() => SafeTensors.Write(folder["t"], [Two[1], Two[1]])).Message);
        Assert.Empty(Directory.GetFiles(folder.Root));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6,
        "tensor 'b': expected its data at 4, where the tensor before it ends, found 2, an overlap;")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8,
        "tensor 'a': expected its data at 0, where the tensor before it ends, found 4, a hole;")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4,
        "tensor 'a': expected data_offsets that fit F32[2], found [0, 4];")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,-4]}}""", 0,
        "tensor 'a': expected data_offsets that fit F32[-1], found [0, -4];")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0,
        "tensor 'a': expected data_offsets that fit F32[4611686018427387904,4], found [0, 0];")]
    [InlineData("""{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", 4, "tensor 'a': expected one of the types BOOL U8 I8 I16 "
        + "F16 BF16 I32 F32 I64 F64 U16 U32 U64, found 'F33';")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1]}}""", 1, "tensor 'a': expected dtype, shape and two data_offsets, found fewer or more;")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}}""", 1,
        "tensor 'a': expected the fields dtype, shape and data_offsets, found 'x';")]
    public void Read_HeaderThatDoesNotHold_SaysWhichTensor(string header, int dataBytes, string message)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, header, dataBytes);
        Assert.Equal($"'{path}': offset 8: {message} the file is damaged, get it again.",
            Assert.Throws<InvalidDataException>(() => SafeTensors.Read(path)).Message);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""")]
    [InlineData("""[1,2]""")]
    [InlineData("""{"a":7}""")]
    [InlineData("""{"__metadata__":{"a":1}}""")]
    [InlineData("""{"__metadata__":{"a":null}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[[[1]]],"data_offsets":[0,1]}}""")]
    public void Read_HeaderThatIsNoSuchJson_IsInvalidData(string header)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, header, 2);
        Assert.StartsWith($"'{path}': offset 8: expected a JSON header of distinct tensors",
            Assert.Throws<InvalidDataException>(() => SafeTensors.Read(path)).Message);
    }

    [Fact]
    public void Read_HeaderLengthAboveTheLimit_IsRefusedUnread()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("t", [1, 0xE1, 0xF5, 5, 0, 0, 0, 0, (byte)'{', (byte)'}']);
        Assert.Equal($"'{path}': offset 0: expected a header length in [2..100000000], found 100000001; the file is no safetensors file.",
            Assert.Throws<InvalidDataException>(() => SafeTensors.Read(path)).Message);
    }

    static string Write(TemporaryFolder folder, string header, int dataBytes)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        return folder.Write("t", [(byte)text.Length, 0, 0, 0, 0, 0, 0, 0, .. text, .. new byte[dataBytes]]);
    }
}
