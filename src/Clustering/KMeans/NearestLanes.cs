using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// The nearest of at most twelve centres, as <see cref="NearestTile"/> finds it and to the same bits, but with a row in each lane: of few
/// centres the tile's sixteen columns would be partly empty, and the least of a row would have to be found across lanes.
/// </summary>
sealed class NearestLanes : INearest
{
    /// <summary>Most centres.</summary>
    public const int MostCentres = 12;

    const int Lanes = 8;

    // Of each column the number of each centre, [D,12]; norms of those that are not there are infinite.
    readonly float[] centres, norms, columns;
    readonly int width;

    NearestLanes(float[] centres, float[] norms, int width) =>
        (this.centres, this.norms, this.width, columns) = (centres, norms, width, new float[width * Lanes]);

    /// <summary>Makes searches, each for a thread of its own.</summary>
    /// <param name="centres">Centres [K,D].</param>
    /// <param name="norms">Their squared lengths, [K].</param>
    /// <param name="width">D.</param>
    public static Func<INearest> Of(float[] centres, float[] norms, int width)
    {
        float[] all = [.. norms, .. Enumerable.Repeat(float.PositiveInfinity, MostCentres - norms.Length)];
        var turned = new float[width * MostCentres];
        for (int i = 0; i < centres.Length; i++)
        {
            turned[i % width * MostCentres + i / width] = centres[i];
        }
        return () => new NearestLanes(turned, all, width);
    }

    /// <inheritdoc/>
    public int Height => Lanes;

    /// <inheritdoc/>
    public void Search(ReadOnlySpan<float> rows, Span<int> found)
    {
        BlockTranspose.OfEight(rows, width, columns);
        Vector256<float> a = default, b = default, c = default, d = default, e = default, f = default;
        Vector256<float> g = default, h = default, i = default, j = default, k = default, l = default;
        ref float row = ref MemoryMarshal.GetArrayDataReference(columns), centre = ref MemoryMarshal.GetArrayDataReference(centres);
        for (int column = 0; column < width; column++)
        {
            Vector256<float> x = Vector256.LoadUnsafe(ref row, (nuint)(column * Lanes));
            ref float own = ref Unsafe.Add(ref centre, column * MostCentres);
            a = Add(x, ref own, 0, a);
            b = Add(x, ref own, 1, b);
            c = Add(x, ref own, 2, c);
            d = Add(x, ref own, 3, d);
            e = Add(x, ref own, 4, e);
            f = Add(x, ref own, 5, f);
            g = Add(x, ref own, 6, g);
            h = Add(x, ref own, 7, h);
            i = Add(x, ref own, 8, i);
            j = Add(x, ref own, 9, j);
            k = Add(x, ref own, 10, k);
            l = Add(x, ref own, 11, l);
        }
        var best = new Best(norms);
        best.Meet(a, 0);
        best.Meet(b, 1);
        best.Meet(c, 2);
        best.Meet(d, 3);
        best.Meet(e, 4);
        best.Meet(f, 5);
        best.Meet(g, 6);
        best.Meet(h, 7);
        best.Meet(i, 8);
        best.Meet(j, 9);
        best.Meet(k, 10);
        best.Meet(l, 11);
        Span<int> all = stackalloc int[Lanes];
        best.Centre.CopyTo(all);
        all[..found.Length].CopyTo(found);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Add(Vector256<float> x, ref float centres, nuint at, Vector256<float> sum) => Vector256.FusedMultiplyAdd(x,
        Vector256.Create(Unsafe.Add(ref centres, at)), sum);

    // The least |c|^2 - 2xc so far, and the first centre that has it.
    ref struct Best(ReadOnlySpan<float> norms)
    {
        readonly ReadOnlySpan<float> norms = norms;
        Vector256<float> least = Vector256.Create(float.PositiveInfinity);

        public Vector256<int> Centre { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Meet(Vector256<float> product, int centre)
        {
            Vector256<float> score = Vector256.Create(norms[centre]) - Vector256.Create(2f) * product;
            Vector256<float> less = Vector256.LessThan(score, least);
            least = Vector256.ConditionalSelect(less, score, least);
            Centre = Vector256.ConditionalSelect(less.AsInt32(), Vector256.Create(centre), Centre);
        }
    }
}
