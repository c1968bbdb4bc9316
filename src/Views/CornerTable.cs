using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolchain.Views;

/// <summary>Eight places of an image between pixels.</summary>
/// <param name="Index">Of each in a table of corners.</param>
/// <param name="Right">Share of the right pixels, in [0,1).</param>
/// <param name="Bottom">Share of the lower pixels, in [0,1).</param>
readonly record struct Places(Vector256<int> Index, Vector256<float> Right, Vector256<float> Bottom);

/// <summary>
/// A channel of bytes made ready for bilinear reading: entry (x,y) holds the four pixels around a place between columns x-1 and x and rows
/// y-1 and y in one integer, so that eight places cost one gather. Black outside.
/// </summary>
static class CornerTable
{
    /// <summary>Integers of a table: H + 1 rows of places between pixels, S apart.</summary>
    public static int CountOf(ViewCanvas canvas) => (canvas.Height + 1) * canvas.Stride;

    /// <summary>Fills <paramref name="table"/> from the H * W bytes of <paramref name="channel"/>.</summary>
    public static void Fill(ReadOnlySpan<byte> channel, ViewCanvas canvas, Span<int> table)
    {
        int stride = canvas.Stride, count = (canvas.Height + 2) * stride + 1;
        byte[] rented = ArrayPool<byte>.Shared.Rent(count + 8);
        Span<byte> padded = rented;
        padded.Clear();
        for (int y = 0; y < canvas.Height; y++)
        {
            channel.Slice(y * canvas.Width, canvas.Width).CopyTo(padded[((y + 1) * stride + 1)..]);
        }
        ref byte source = ref MemoryMarshal.GetReference(padded);
        for (int at = 0; at < CountOf(canvas); at += 8)
        {
            Vector128<ushort> upper = Pairs(ref Unsafe.Add(ref source, at)), lower = Pairs(ref Unsafe.Add(ref source, at + stride));
            (Vector128<uint> upper0, Vector128<uint> upper1) = Vector128.Widen(upper);
            (Vector128<uint> lower0, Vector128<uint> lower1) = Vector128.Widen(lower);
            Vector256.Create(upper0 | lower0 << 16, upper1 | lower1 << 16).AsInt32().CopyTo(table[at..]);
        }
        ArrayPool<byte>.Shared.Return(rented);

        // A pixel and its right neighbour, eight times.
        static Vector128<ushort> Pairs(ref byte source) =>
            Vector128.WidenLower(Eight(ref source)) | Vector128.WidenLower(Eight(ref Unsafe.Add(ref source, 1))) << 8;

        static Vector128<byte> Eight(ref byte source) => Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(ref source)).AsByte();
    }

    /// <summary>Eight places by their distances, in pixels, from the centre of the top left pixel.</summary>
    public static Places PlacesOf(Vector256<float> x, Vector256<float> y, ViewCanvas canvas)
    {
        // Moved into the border, everything outside reads black without a branch per corner.
        var low = Vector256<float>.Zero;
        x = Vector256.Min(Vector256.Max(x + Vector256<float>.One, low), Vector256.Create(canvas.Width + 0.9999f));
        y = Vector256.Min(Vector256.Max(y + Vector256<float>.One, low), Vector256.Create(canvas.Height + 0.9999f));
        Vector256<int> left = Vector256.ConvertToInt32(x), top = Vector256.ConvertToInt32(y);
        return new(top * canvas.Stride + left, x - Vector256.ConvertToSingle(left), y - Vector256.ConvertToSingle(top));
    }

    /// <summary>The brightness in [0,1] at eight places.</summary>
    public static Vector256<float> Bilinear(int[] pinned, Places places)
    {
        Vector256<int> corners = Gather(pinned, places.Index);
        Vector256<float> upper = Lerp(Corner(corners, 0), Corner(corners, 8), places.Right);
        Vector256<float> lower = Lerp(Corner(corners, 16), Corner(corners, 24), places.Right);
        return Lerp(upper, lower, places.Bottom) * (1f / 255);
    }

    static Vector256<float> Lerp(Vector256<float> from, Vector256<float> to, Vector256<float> share) => from + share * (to - from);

    static Vector256<float> Corner(Vector256<int> corners, int shift) =>
        Vector256.ConvertToSingle(corners >>> shift & Vector256.Create(255));

    static unsafe Vector256<int> Gather(int[] pinned, Vector256<int> index)
    {
        ref int table = ref MemoryMarshal.GetArrayDataReference(pinned);
        if (Avx2.IsSupported)
        {
            // The table is pinned: it does not move.
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
