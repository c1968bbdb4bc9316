using System.Runtime.Intrinsics;

namespace Toolchain.Clustering;

/// <summary>
/// Convolutions on an n x n grid with the kernels of t-SNE, 1/(1+d^2) and the vector d/(1+d^2)^2, by Fourier transforms of twice the side. Only the halves
/// that are not zero are transformed, and no square of twice the side is ever stored but the kernels' own.
/// </summary>
sealed class Convolution
{
    readonly Fourier fourier;
    readonly float[] kernel, nothing, forceReal, forceImaginary;
    readonly double[] sums;
    readonly Scratch[] scratch;
    readonly int threads;
    readonly float[] spectrumReal, spectrumImaginary;

    /// <summary>Convolutions on <paramref name="side"/>^2 nodes, <paramref name="spacing"/> apart.</summary>
    public Convolution(int side, float spacing, int threads)
    {
        (Side, Spacing, this.threads) = (side, spacing, threads);
        fourier = new Fourier(2 * side);
        Stride = (side + Fourier.Lanes - 1) / Fourier.Lanes * Fourier.Lanes;
        scratch = [.. Enumerable.Range(0, Chunks.Threads(threads)).Select(_ => new Scratch(fourier.Length))];
        sums = new double[fourier.Length / Fourier.Lanes];
        // An even kernel's transform is real.
        (kernel, nothing) = Transformed((x, y) => 1 / (1 + x * x + y * y), (_, _) => 0);
        // Two real fields as one complex one: that of x and, times the imaginary unit, that of y.
        (forceReal, forceImaginary) = Transformed(Force, (x, y) => Force(y, x));
        spectrumReal = new float[Stride * fourier.Length];
        spectrumImaginary = new float[Stride * fourier.Length];

        static double Force(double x, double y)
        {
            double share = 1 / (1 + x * x + y * y);
            return x * share * share;
        }
    }

    /// <summary>The least side of at least <paramref name="least"/> nodes that the transforms serve.</summary>
    public static int Fitting(int least)
    {
        // Whole blocks of columns at twice the side; multiples of 256 rows of a block lie on the same lines of the first cache, at twice the time.
        int side = (least + Fourier.Lanes / 2 - 1) / (Fourier.Lanes / 2) * (Fourier.Lanes / 2);
        while (2 * side % 256 == 0 || !Fourier.Serves(2 * side))
        {
            side += Fourier.Lanes / 2;
        }
        return side;
    }

    /// <summary>Nodes along a side (n).</summary>
    public int Side { get; }

    /// <summary>Distance of neighbouring nodes.</summary>
    public float Spacing { get; }

    /// <summary>Numbers from one row of nodes to the next; those past the side are 0.</summary>
    public int Stride { get; }

    /// <summary>
    /// Replaces charges by the sums over all of them of charge (x, y) / (1 + x^2 + y^2)^2 at their distances (x, y): x in place, y in <paramref name="zeros"/>.
    /// </summary>
    /// <returns>The sum of charge * charge / (1 + distance^2) over all pairs, each node with itself included.</returns>
    public double Repel(float[] charges, float[] zeros)
    {
        // The sum by Parseval's theorem, so that potentials themselves are never made; blocks are added in their order.
        Apply(charges, zeros, (part, column) => sums[column / Fourier.Lanes] = part.Multiply(forceReal, forceImaginary, kernel, fourier.Length, column));
        return sums.Sum();
    }

    /// <summary>Replaces charges by the sums of charge / (1 + distance^2).</summary>
    public void Potentials(float[] charges, float[] zeros) => Apply(charges, zeros, (part, column) => part.Multiply(kernel, nothing, kernel, fourier.Length, column));

    // Columns to frequencies, transposed; along the rows to frequencies, times the kernel, and back; columns back.
    void Apply(float[] real, float[] imaginary, Action<Scratch, int> multiply)
    {
        int length = fourier.Length;
        ForBlocks(Stride, (part, column) =>
        {
            part.Load(real, imaginary, Side, Stride, column);
            part.Transform(fourier);
            part.StoreTransposed(spectrumReal, spectrumImaginary, column, length);
        });
        ForBlocks(length, (part, column) =>
        {
            part.Load(spectrumReal, spectrumImaginary, Side, length, column);
            part.Transform(fourier);
            multiply(part, column);
            part.Invert(fourier);
            part.Store(spectrumReal, spectrumImaginary, Side, length, column);
        });
        ForBlocks(Stride, (part, column) =>
        {
            part.LoadTransposed(spectrumReal, spectrumImaginary, column, length);
            part.Invert(fourier);
            part.Store(real, imaginary, Side, Stride, column);
        });
    }

    // Transform of two kernels of the distances, as one complex one, [x,y]. Divided by the number of nodes, which the inverse leaves as a factor, and by the transforms of the
    // splines on the way in and out.
    (float[] Real, float[] Imaginary) Transformed(Func<double, double, double> first, Func<double, double, double> second)
    {
        int length = fourier.Length;
        float[] real = new float[length * length], imaginary = new float[length * length], turnedReal = new float[length * length], turnedImaginary = new float[length * length];
        Chunks.ForParts(length, length / Fourier.Lanes, threads, (_, begin, end) =>
        {
            for (int i = begin * length; i < end * length; i++)
            {
                double x = Distance(i / length), y = Distance(i % length);
                (real[i], imaginary[i]) = ((float)(first(x, y) / ((double)length * length)), (float)(second(x, y) / ((double)length * length)));
            }
        });
        for (int axis = 0; axis < 2; axis++)
        {
            ForBlocks(length, (part, column) =>
            {
                part.Load(real, imaginary, length, length, column);
                part.Transform(fourier);
                part.StoreTransposed(turnedReal, turnedImaginary, column, length);
            });
            (real, imaginary, turnedReal, turnedImaginary) = (turnedReal, turnedImaginary, real, imaginary);
        }
        double[] spline = [.. Enumerable.Range(0, length).Select(k => Math.Pow(Spline(2 * Math.PI * k / length), 2))];
        for (int i = 0; i < real.Length; i++)
        {
            double both = spline[i / length] * spline[i % length];
            (real[i], imaginary[i]) = ((float)(real[i] / both), (float)(imaginary[i] / both));
        }
        return (real, imaginary);
    }

    // Past half of the length distances are negative; that half is none of two nodes, and an odd kernel is 0 there.
    double Distance(int node) => (2 * node == fourier.Length ? 0 : 2 * node < fourier.Length ? node : node - fourier.Length) * (double)Spacing;

    // The transform of the cubic spline at whole numbers: 4 and 1 of 6.
    static double Spline(double angle) => (2 + Math.Cos(angle)) / 3;

    void ForBlocks(int columns, Action<Scratch, int> work) => Chunks.ForParts(columns / Fourier.Lanes, scratch.Length, threads, (part, first, end) =>
    {
        for (int block = first; block < end; block++)
        {
            work(scratch[part], block * Fourier.Lanes);
        }
    });

    // A block of columns on its way through the transforms.
    sealed class Scratch(int length)
    {
        float[] spareReal = new float[length * Fourier.Lanes], spareImaginary = new float[length * Fourier.Lanes];

        public float[] Real = new float[length * Fourier.Lanes], Imaginary = new float[length * Fourier.Lanes];

        public void Transform(Fourier fourier) => fourier.Transform(ref Real, ref Imaginary, ref spareReal, ref spareImaginary);

        public void Invert(Fourier fourier) => fourier.Transform(ref Imaginary, ref Real, ref spareImaginary, ref spareReal);

        /// <summary>Times complex factors [M,M], of which these are columns; gives the sum of <paramref name="weights"/> [M,M] times squared magnitudes before.</summary>
        public double Multiply(float[] factors, float[] imaginaryFactors, float[] weights, int stride, int column)
        {
            double sum = 0;
            for (int row = 0; row < length; row++)
            {
                Vector256<float> ofRow = default;
                for (int lane = 0; lane < Fourier.Lanes; lane += Vector256<float>.Count)
                {
                    int at = row * Fourier.Lanes + lane, from = row * stride + column + lane;
                    Vector256<float> a = Vector256.LoadUnsafe(ref Real[at]), b = Vector256.LoadUnsafe(ref Imaginary[at]);
                    Vector256<float> c = Vector256.LoadUnsafe(ref factors[from]), d = Vector256.LoadUnsafe(ref imaginaryFactors[from]);
                    ofRow += (a * a + b * b) * Vector256.LoadUnsafe(ref weights[from]);
                    (a * c - b * d).StoreUnsafe(ref Real[at]);
                    (a * d + b * c).StoreUnsafe(ref Imaginary[at]);
                }
                sum += Vector256.Sum(ofRow);
            }
            return sum;
        }

        public void Load(float[] real, float[] imaginary, int rows, int stride, int column)
        {
            for (int row = 0; row < rows; row++)
            {
                Copy(real, row * stride + column, Real, row * Fourier.Lanes);
                Copy(imaginary, row * stride + column, Imaginary, row * Fourier.Lanes);
            }
            Real.AsSpan(rows * Fourier.Lanes).Clear();
            Imaginary.AsSpan(rows * Fourier.Lanes).Clear();
        }

        public void Store(float[] real, float[] imaginary, int rows, int stride, int column)
        {
            for (int row = 0; row < rows; row++)
            {
                Copy(Real, row * Fourier.Lanes, real, row * stride + column);
                Copy(Imaginary, row * Fourier.Lanes, imaginary, row * stride + column);
            }
        }

        public void StoreTransposed(float[] real, float[] imaginary, int row, int stride)
        {
            Squares.Transpose(Real, 0, Fourier.Lanes, length, Fourier.Lanes, real, row * stride, stride);
            Squares.Transpose(Imaginary, 0, Fourier.Lanes, length, Fourier.Lanes, imaginary, row * stride, stride);
        }

        public void LoadTransposed(float[] real, float[] imaginary, int row, int stride)
        {
            Squares.Transpose(real, row * stride, stride, Fourier.Lanes, length, Real, 0, Fourier.Lanes);
            Squares.Transpose(imaginary, row * stride, stride, Fourier.Lanes, length, Imaginary, 0, Fourier.Lanes);
        }

        static void Copy(float[] from, int first, float[] to, int target)
        {
            Vector256.LoadUnsafe(ref from[first]).StoreUnsafe(ref to[target]);
            Vector256.LoadUnsafe(ref from[first + Vector256<float>.Count]).StoreUnsafe(ref to[target + Vector256<float>.Count]);
        }
    }
}
