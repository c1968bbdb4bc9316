using System.Runtime.Intrinsics;

namespace Toolchain.Clustering.Tsne;

/// <summary>
/// A stage of <see cref="Fourier"/>: splits signals of a length n into r shorter ones, y[p, s] = w^(p s) sum over q in [0..r) of
/// e^(-2 pi i q s / r) x[p + q n / r] with w = e^(-2 pi i / n), p in [0..n/r), s in [0..r). Real and imaginary parts lie in buffers of
/// their own; an element of all signals is one run of numbers.
/// </summary>
sealed class FourierStage
{
    static readonly float half = .5f, sine = MathF.Sqrt(3) / 2;
    static readonly float cosine72 = MathF.Cos(MathF.Tau / 5), sine72 = MathF.Sin(MathF.Tau / 5), cosine144 = MathF.Cos(2 * MathF.Tau / 5),
        sine144 = MathF.Sin(2 * MathF.Tau / 5);

    readonly int parts;
    readonly float[] cosines, sines;

    public FourierStage(int radix, int length)
    {
        (Radix, parts) = (radix, length / radix);
        // The first powers of the roots of unity, [parts, radix - 1].
        cosines = Roots(length, angle => (float)Math.Cos(angle));
        sines = Roots(length, angle => (float)-Math.Sin(angle));
    }

    public int Radix { get; }

    /// <summary>Any stage but the last.</summary>
    /// <param name="real">x, real parts.</param>
    /// <param name="imaginary">x, imaginary parts.</param>
    /// <param name="toReal">Gets the real parts of y.</param>
    /// <param name="toImaginary">Gets the imaginary parts of y.</param>
    /// <param name="run">Numbers of an element of all signals.</param>
    public void Apply(float[] real, float[] imaginary, float[] toReal, float[] toImaginary, int run)
    {
        for (int part = 0; part < parts; part++)
        {
            int root = part * (Radix - 1);
            var from = new ComplexPlanes(real, imaginary, part * run, parts * run);
            var to = new ComplexPlanes(toReal, toImaginary, part * Radix * run, run);
            switch (Radix)
            {
                case 5:
                    Radix5(from, to, run, Root(root), Root(root + 1), Root(root + 2), Root(root + 3));
                    break;
                case 4:
                    Radix4(from, to, run, Root(root), Root(root + 1), Root(root + 2));
                    break;
                case 3:
                    Radix3(from, to, run, Root(root), Root(root + 1));
                    break;
                default:
                    Radix2(from, to, run, Root(root));
                    break;
            }
        }
    }

    /// <summary>A stage of radix 4 of signals whose second half is zero.</summary>
    public void FirstOfHalf(float[] real, float[] imaginary, float[] toReal, float[] toImaginary, int run)
    {
        for (int part = 0; part < parts; part++)
        {
            ComplexVector w = Root(part * 3), w2 = Root(part * 3 + 1), w3 = Root(part * 3 + 2);
            var from = new ComplexPlanes(real, imaginary, part * run, parts * run);
            var to = new ComplexPlanes(toReal, toImaginary, part * 4 * run, run);
            for (int i = 0; i < run; i += Vector256<float>.Count)
            {
                ComplexVector a = from[0, i], b = from[1, i], turned = b.TimesI();
                to[0, i] = a + b;
                to[1, i] = w * (a - turned);
                to[2, i] = w2 * (a - b);
                to[3, i] = w3 * (a + turned);
            }
        }
    }

    /// <summary>
    /// A stage of radix 4 that leaves signals of one number, whose roots are all 1; with <paramref name="halfWanted"/> the first half of
    /// it.
    /// </summary>
    public static void Last(float[] real, float[] imaginary, float[] toReal, float[] toImaginary, int run, bool halfWanted)
    {
        ComplexPlanes from = new(real, imaginary, 0, run), to = new(toReal, toImaginary, 0, run);
        for (int i = 0; i < run; i += Vector256<float>.Count)
        {
            ComplexVector a = from[0, i], b = from[1, i], c = from[2, i], d = from[3, i];
            ComplexVector even = a + c, odd = b + d, middle = a - c, turned = (b - d).TimesI();
            to[0, i] = even + odd;
            to[1, i] = middle - turned;
            if (!halfWanted)
            {
                to[2, i] = even - odd;
                to[3, i] = middle + turned;
            }
        }
    }

    static void Radix2(ComplexPlanes from, ComplexPlanes to, int run, ComplexVector w)
    {
        for (int i = 0; i < run; i += Vector256<float>.Count)
        {
            ComplexVector a = from[0, i], b = from[1, i];
            to[0, i] = a + b;
            to[1, i] = w * (a - b);
        }
    }

    static void Radix3(ComplexPlanes from, ComplexPlanes to, int run, ComplexVector w, ComplexVector w2)
    {
        for (int i = 0; i < run; i += Vector256<float>.Count)
        {
            ComplexVector a = from[0, i], b = from[1, i], c = from[2, i], sum = b + c;
            ComplexVector middle = a - sum.Times(half), turned = (b - c).Times(sine).TimesI();
            to[0, i] = a + sum;
            to[1, i] = w * (middle - turned);
            to[2, i] = w2 * (middle + turned);
        }
    }

    static void Radix4(ComplexPlanes from, ComplexPlanes to, int run, ComplexVector w, ComplexVector w2, ComplexVector w3)
    {
        for (int i = 0; i < run; i += Vector256<float>.Count)
        {
            ComplexVector a = from[0, i], b = from[1, i], c = from[2, i], d = from[3, i];
            ComplexVector even = a + c, odd = b + d, middle = a - c, turned = (b - d).TimesI();
            to[0, i] = even + odd;
            to[1, i] = w * (middle - turned);
            to[2, i] = w2 * (even - odd);
            to[3, i] = w3 * (middle + turned);
        }
    }

    static void Radix5(ComplexPlanes from, ComplexPlanes to, int run, ComplexVector w, ComplexVector w2, ComplexVector w3, ComplexVector w4)
    {
        for (int i = 0; i < run; i += Vector256<float>.Count)
        {
            ComplexVector a = from[0, i], b = from[1, i], c = from[2, i], d = from[3, i], e = from[4, i];
            ComplexVector outer = b + e, inner = c + d, outerTurned = (b - e).TimesI(), innerTurned = (c - d).TimesI();
            ComplexVector first = a + outer.Times(cosine72) + inner.Times(cosine144), firstTurned = outerTurned.Times(sine72)
                + innerTurned.Times(sine144);
            ComplexVector second = a + outer.Times(cosine144) + inner.Times(cosine72),
                secondTurned = outerTurned.Times(sine144) - innerTurned.Times(sine72);
            to[0, i] = a + outer + inner;
            to[1, i] = w * (first - firstTurned);
            to[2, i] = w2 * (second - secondTurned);
            to[3, i] = w3 * (second + secondTurned);
            to[4, i] = w4 * (first + firstTurned);
        }
    }

    ComplexVector Root(int index) => new(Vector256.Create(cosines[index]), Vector256.Create(sines[index]));

    float[] Roots(int length, Func<double, float> of) =>
        [.. Enumerable.Range(0, parts).SelectMany(part =>
        Enumerable.Range(1, Radix - 1).Select(power => of(2 * Math.PI * part * power / length)))];
}
