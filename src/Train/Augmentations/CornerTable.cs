using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Toolchain.Data;

namespace Toolchain.Train.Augmentations;

/// <summary>
/// An image of bytes made ready for bilinear reading: entry (x,y) holds the four pixels around a place between columns x-1 and x and rows
/// y-1 and y in one integer, so that eight places cost one gather. Black outside.
/// </summary>
static class CornerTable
{
    const int side = ImageSet.Side, stride = Canvas.Stride;

    /// <summary>Integers of a table: 29 rows of places between pixels, 32 apart.</summary>
    public const int Count = (side + 1) * stride;

    /// <summary>Fills <paramref name="table"/> from the 784 bytes of <paramref name="image"/>.</summary>
    public static void Fill(ReadOnlySpan<byte> image, Span<int> table)
    {
        Span<byte> padded = stackalloc byte[(side + 2) * stride + 1];
        padded.Clear();
        for (int y = 0; y < side; y++)
        {
            image.Slice(y * side, side).CopyTo(padded[((y + 1) * stride + 1)..]);
        }
        ref byte source = ref MemoryMarshal.GetReference(padded);
        for (int at = 0; at < Count; at += 8)
        {
            Vector128<ushort> upper = Pairs(ref Unsafe.Add(ref source, at)), lower = Pairs(ref Unsafe.Add(ref source, at + stride));
            (Vector128<uint> upper0, Vector128<uint> upper1) = Vector128.Widen(upper);
            (Vector128<uint> lower0, Vector128<uint> lower1) = Vector128.Widen(lower);
            Vector256.Create(upper0 | lower0 << 16, upper1 | lower1 << 16).AsInt32().CopyTo(table[at..]);
        }

        // A pixel and its right neighbour, eight times.
        static Vector128<ushort> Pairs(ref byte source) =>
            Vector128.WidenLower(Eight(ref source)) | Vector128.WidenLower(Eight(ref Unsafe.Add(ref source, 1))) << 8;

        static Vector128<byte> Eight(ref byte source) => Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(ref source)).AsByte();
    }

    /// <summary>The brightness in [0,1] at eight places, in pixels from the centre of the top left one.</summary>
    public static Vector256<float> Bilinear(ref int table, Vector256<float> x, Vector256<float> y)
    {
        // Moved into the border, everything outside reads black without a branch per corner.
        var low = Vector256<float>.Zero;
        var high = Vector256.Create(side + 0.9999f);
        x = Vector256.Min(Vector256.Max(x + Vector256<float>.One, low), high);
        y = Vector256.Min(Vector256.Max(y + Vector256<float>.One, low), high);
        Vector256<int> left = Vector256.ConvertToInt32(x), top = Vector256.ConvertToInt32(y);
        Vector256<float> right = x - Vector256.ConvertToSingle(left), bottom = y - Vector256.ConvertToSingle(top);
        Vector256<int> corners = Gather(ref table, top * stride + left);
        Vector256<float> upper = Lerp(Corner(corners, 0), Corner(corners, 8), right);
        Vector256<float> lower = Lerp(Corner(corners, 16), Corner(corners, 24), right);
        return Lerp(upper, lower, bottom) * (1f / 255);
    }

    static Vector256<float> Lerp(Vector256<float> from, Vector256<float> to, Vector256<float> share) => from + share * (to - from);

    static Vector256<float> Corner(Vector256<int> corners, int shift) =>
        Vector256.ConvertToSingle(corners >>> shift & Vector256.Create(255));

    static unsafe Vector256<int> Gather(ref int table, Vector256<int> index)
    {
        if (Avx2.IsSupported)
        {
            // The table lies on the stack of the caller: it does not move.
            return Avx2.GatherVector256((int*)Unsafe.AsPointer(ref table), index, sizeof(int));
        }
        Span<int> values = stackalloc int[8];
        for (int lane = 0; lane < 8; lane++)
        {
            values[lane] = Unsafe.Add(ref table, index[lane]);
        }
        return Vector256.Create<int>(values);
    }
}
