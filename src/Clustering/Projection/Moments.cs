using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Projection;

/// <summary>
/// Moments of rows x_n with weights w_n about an origin o: sum w_n, sum w_n (x_n - o) [D], and sum w_n (x_n - o)(x_n - o)^T, of which the
/// tiles with the lower triangle are filled [padded D, padded D], or its diagonal alone [D]. Rows are added in order.
/// </summary>
sealed class Moments
{
    // Rows gathered before they are multiplied: their numbers stay in the second-level cache.
    const int BlockRows = 64;

    readonly double[] origin;
    readonly int width, padded;
    readonly bool diagonal;
    double[] block = [], weighted = [];
    int filled;

    public Moments(double[] origin, bool diagonal)
    {
        (this.origin, this.diagonal, width) = (origin, diagonal, origin.Length);
        // Both the height and the columns of a tile divide it.
        padded = (width + 23) / 24 * 24;
        Sum = new double[width];
        Squares = new double[diagonal ? width : padded * padded];
    }

    /// <summary>Sum of the weights.</summary>
    public double Weight { get; private set; }

    /// <summary>Weighted sum of the differences from the origin, [D].</summary>
    public double[] Sum { get; }

    double[] Squares { get; }

    public void Add(ReadOnlySpan<float> row, double weight)
    {
        if (block.Length == 0)
        {
            (block, weighted) = (new double[BlockRows * padded], new double[BlockRows * padded]);
        }
        Span<double> centred = block.AsSpan(filled * padded, width), scaled = weighted.AsSpan(filled * padded, width);
        VectorKernels.CentreAndWeigh(row, origin, weight, centred, scaled, Sum);
        Weight += weight;
        if (++filled == BlockRows)
        {
            Flush();
        }
    }

    /// <summary>Adds the sums of other rows about the same origin.</summary>
    public void Add(Moments other)
    {
        Flush();
        other.Flush();
        Weight += other.Weight;
        VectorKernels.AddScaled(Sum, other.Sum, 1);
        VectorKernels.AddScaled(Squares, other.Squares, 1);
    }

    /// <summary>How many numbers <see cref="Take"/> writes for rows of a width.</summary>
    public static int Length(int width, bool diagonal) => 1 + width + (diagonal ? width : width * (width + 1) / 2);

    /// <summary>How many numbers <see cref="Take"/> writes.</summary>
    public int Count => Length(width, diagonal);

    /// <summary>Writes weight, sums [D] and the lower triangle of the products [D(D+1)/2], or its diagonal [D].</summary>
    public void Take(Span<double> to)
    {
        Flush();
        to[0] = Weight;
        Sum.CopyTo(to[1..]);
        Span<double> squares = to[(1 + width)..];
        if (diagonal)
        {
            Squares.CopyTo(squares);
            return;
        }
        for (int row = 0, at = 0; row < width; at += ++row)
        {
            Squares.AsSpan(row * padded, row + 1).CopyTo(squares[at..]);
        }
    }

    /// <summary>Adds what <see cref="Take"/> or <see cref="Mixture.NarrowMoments.Take"/> gave, about the same origin.</summary>
    public void Add(ReadOnlySpan<double> taken)
    {
        Weight += taken[0];
        VectorKernels.AddScaled(Sum, taken.Slice(1, width), 1);
        if (diagonal)
        {
            VectorKernels.AddScaled(Squares, taken[(1 + width)..], 1);
            return;
        }
        for (int row = 0, at = 1 + width; row < width; at += ++row)
        {
            VectorKernels.AddScaled(Squares.AsSpan(row * padded, row + 1), taken.Slice(at, row + 1), 1);
        }
    }

    /// <summary>The weighted mean of the rows, [D]; the origin where there is no weight.</summary>
    public double[] Mean(double weight) => [.. origin.Select((value, i) => value + Sum[i] / weight)];

    /// <summary>Scatter about the mean, divided by <paramref name="weight"/>: [D,D] with its lower triangle filled, or [D].</summary>
    public double[] Covariance(double weight)
    {
        Flush();
        var covariance = new double[diagonal ? width : width * width];
        for (int i = 0; i < width; i++)
        {
            for (int j = diagonal ? i : 0; j <= i; j++)
            {
                double square = diagonal ? Squares[i] : Squares[i * padded + j];
                covariance[diagonal ? i : i * width + j] = square / weight - Sum[i] / weight * (Sum[j] / weight);
            }
        }
        return covariance;
    }

    void Flush()
    {
        if (diagonal)
        {
            for (int i = 0; i < filled * padded; i++)
            {
                if (i % padded < width)
                {
                    Squares[i % padded] += block[i] * weighted[i];
                }
            }
        }
        else if (filled > 0)
        {
            for (int row = 0; row < width; row += Tile<double>.Height)
            {
                for (int column = 0; column < row + Tile<double>.Height; column += Tile<double>.Columns)
                {
                    Tile<double>.MultiplyAdd(ref weighted[row], (nuint)padded, 1, ref block[column], (nuint)padded, (nuint)filled,
                        ref Squares[row * padded + column], (nuint)padded);
                }
            }
        }
        filled = 0;
    }
}
