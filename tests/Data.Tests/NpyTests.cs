using System.Text;
using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Tests;

public sealed class NpyTests
{
    [Fact]
    public void Write_TwoFloats_IsTheFileOfNumpySave()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder["a.npy"], TensorEntry.Of<float>([1, -2], 2));
        byte[] file = File.ReadAllBytes(folder["a.npy"]);
        string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }".PadRight(117) + "\n";
        Assert.Equal([0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header), 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0], file);
    }

    [Fact]
    public void Read_WhatWasWritten_IsTheSameInEachType()
    {
        using var folder = new TemporaryFolder();
        Same(new byte[] { 1, 255 });
        Same([1.5f, float.NaN]);
        Same([1.5, double.MaxValue]);
        Same([long.MinValue, 7]);

        void Same<T>(T[] values) where T : unmanaged
        {
            NpyFile.Write(folder["t.npy"], TensorEntry.Of<T>(values, 1, 2));
            TensorEntry read = NpyFile.Read(folder["t.npy"]);
            Assert.Equal(values, read.ToArray<T>());
            Assert.Equal([1L, 2L], read.Shape.ToArray());
        }
    }

    [Fact]
    public void Read_Scalar_HasNoAxes()
    {
        using var folder = new TemporaryFolder();
        NpyFile.Write(folder["t.npy"], TensorEntry.Of<long>([42]));
        Assert.Equal(0, NpyFile.Read(folder["t.npy"]).Shape.Length);
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "offset 10: expected numbers (bool, int, uint or float), "
        + "found '|O'; convert with array.astype('float32').")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }", "offset 10: expected numbers (bool, int, uint or float), "
        + "found '<c8'; convert with array.astype('float32').")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }",
        "offset 10: expected numbers (bool, int, uint or float), found '[('a', '<f4')]'; convert with array.astype('float32').")]
    [InlineData("{'descr': '<f4', 'shape': (2,), }", "offset 10: expected {'descr': '<f4', 'fortran_order': False, 'shape': (N, ...)}, "
        + "found '{'descr': '<f4', 'shape': (2,), }'; save a plain array (no records, no objects) with numpy.save.")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "offset 10: expected sizes below 2^63, found shape (99999999999999999999,); save the array again.")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
        "offset 10: expected fewer than 2^63 bytes, found shape (4294967296, 4294967296); save the array again.")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }",
        "the header at offset 0 promises 4398046511104 bytes of elements, expected at most 2147483591; split the file.")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (500000000,), }",
        "ends at offset 88, expected 2000000000 bytes of elements from offset 88, found 0; the file is truncated, get it again.")]
    public void Read_HeaderThatCannotBeTaken_SaysWhy(string header, string message)
    {
        using var folder = new TemporaryFolder();
        header = header.PadRight(78);
        string path = folder.Write("t.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal($"'{path}': {message}", Assert.Throws<InvalidDataException>(() => NpyFile.Read(path)).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Fact]
    public void Write_TypeThatNpyHereHasNot_IsRefusedAndWritesNothing()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(".npy files here hold UInt8, Float32, Float64 or Int64, asked for Int32. (Parameter 'kind')",
            Assert.Throws<ArgumentException>(() => NpyFile.Write(folder["t.npy"], TensorEntry.Of<int>([1], 1))).Message);
        Assert.Empty(Directory.GetFiles(folder.Root));
    }
}
