using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Clustering;

/// <summary>
/// Discrete Fourier transforms of <see cref="Lanes"/> signals side by side (Stockham's self-sorting scheme with radices 4, 2, 3 and 5): a number of all
/// signals is one row of the buffers, so that every operation is on whole vectors. Swapping real and imaginary parts gives the inverse times the length.
/// </summary>
sealed class Fourier
{
    /// <summary>Signals at a time.</summary>
    public const int Lanes = 16;

    /// <summary>Lengths are multiples of it: the first and the last stage are of radix 4, which have a short cut for halves.</summary>
    public const int Multiple = 16;

    static readonly float half = .5f, sine = MathF.Sqrt(3) / 2;
    static readonly float cosine72 = MathF.Cos(MathF.Tau / 5), sine72 = MathF.Sin(MathF.Tau / 5), cosine144 = MathF.Cos(2 * MathF.Tau / 5), sine144 = MathF.Sin(2 * MathF.Tau / 5);

    readonly Stage[] stages;

    /// <summary>Transforms of <paramref name="length"/> numbers, a multiple of <see cref="Multiple"/> and a product of twos, threes and fives.</summary>
    public Fourier(int length)
    {
        Length = length;
        var found = new List<Stage> { new(4, length) };
        for (int left = length / Multiple; left > 1;)
        {
            int radix = left % 4 == 0 ? 4 : left % 2 == 0 ? 2 : left % 3 == 0 ? 3 : 5;
            found.Add(new Stage(radix, left * 4));
            left /= radix;
        }
        stages = [.. found, new Stage(4, 4)];
    }

    /// <summary>Numbers of a signal (M).</summary>
    public int Length { get; }

    /// <summary>Whether a length has no other factors than twos, threes and fives.</summary>
    public static bool Serves(int length)
    {
        foreach (int factor in new[] { 2, 3, 5 })
        {
            while (length % factor == 0)
            {
                length /= factor;
            }
        }
        return length == 1;
    }

    /// <summary>
    /// Transforms [M,Lanes] in <paramref name="real"/> and <paramref name="imaginary"/>; the spare buffers, as large, may be exchanged for them. With
    /// <paramref name="halfGiven"/> the last M/2 numbers are taken for zeros, with <paramref name="halfWanted"/> they are not made.
    /// </summary>
    public void Transform(ref float[] real, ref float[] imaginary, ref float[] spareReal, ref float[] spareImaginary, bool halfGiven = false, bool halfWanted = false)
    {
        int run = Lanes;
        foreach (Stage stage in stages)
        {
            if (halfGiven && run == Lanes)
            {
                stage.FirstOfHalf(real, imaginary, spareReal, spareImaginary, run);
            }
            else if (run * stage.Radix == Length * Lanes)
            {
                Stage.Last(real, imaginary, spareReal, spareImaginary, run, halfWanted);
            }
            else
            {
                stage.Apply(real, imaginary, spareReal, spareImaginary, run);
            }
            (real, imaginary, spareReal, spareImaginary) = (spareReal, spareImaginary, real, imaginary);
            run *= stage.Radix;
        }
    }

    // Splits signals of a length into radix shorter ones.
    sealed class Stage
    {
        readonly int parts;
        readonly float[] cosines, sines;

        public Stage(int radix, int length)
        {
            (Radix, parts) = (radix, length / radix);
            // The first powers of the roots of unity, [parts, radix - 1].
            cosines = Roots(length, angle => (float)Math.Cos(angle));
            sines = Roots(length, angle => (float)-Math.Sin(angle));
        }

        public int Radix { get; }

        public void Apply(float[] real, float[] imaginary, float[] toReal, float[] toImaginary, int run)
        {
            for (int part = 0; part < parts; part++)
            {
                int root = part * (Radix - 1);
                var from = new Planes(real, imaginary, part * run, parts * run);
                var to = new Planes(toReal, toImaginary, part * Radix * run, run);
                switch (Radix)
                {
                    case 5:
                        Five(from, to, run, Root(root), Root(root + 1), Root(root + 2), Root(root + 3));
                        break;
                    case 4:
                        Four(from, to, run, Root(root), Root(root + 1), Root(root + 2));
                        break;
                    case 3:
                        Three(from, to, run, Root(root), Root(root + 1));
                        break;
                    default:
                        Two(from, to, run, Root(root));
                        break;
                }
            }
        }

        /// <summary>A stage of radix 4 of signals whose second half is zero.</summary>
        public void FirstOfHalf(float[] real, float[] imaginary, float[] toReal, float[] toImaginary, int run)
        {
            for (int part = 0; part < parts; part++)
            {
                Pair w = Root(part * 3), w2 = Root(part * 3 + 1), w3 = Root(part * 3 + 2);
                var from = new Planes(real, imaginary, part * run, parts * run);
                var to = new Planes(toReal, toImaginary, part * 4 * run, run);
                for (int i = 0; i < run; i += Vector256<float>.Count)
                {
                    Pair a = from[0, i], b = from[1, i], turned = b.Turned();
                    to[0, i] = a + b;
                    to[1, i] = w * (a - turned);
                    to[2, i] = w2 * (a - b);
                    to[3, i] = w3 * (a + turned);
                }
            }
        }

        /// <summary>A stage of radix 4 that leaves signals of one number, whose roots are all 1; with <paramref name="halfWanted"/> the first half of it.</summary>
        public static void Last(float[] real, float[] imaginary, float[] toReal, float[] toImaginary, int run, bool halfWanted)
        {
            Planes from = new(real, imaginary, 0, run), to = new(toReal, toImaginary, 0, run);
            for (int i = 0; i < run; i += Vector256<float>.Count)
            {
                Pair a = from[0, i], b = from[1, i], c = from[2, i], d = from[3, i];
                Pair even = a + c, odd = b + d, middle = a - c, turned = (b - d).Turned();
                to[0, i] = even + odd;
                to[1, i] = middle - turned;
                if (!halfWanted)
                {
                    to[2, i] = even - odd;
                    to[3, i] = middle + turned;
                }
            }
        }

        static void Two(Planes from, Planes to, int run, Pair w)
        {
            for (int i = 0; i < run; i += Vector256<float>.Count)
            {
                Pair a = from[0, i], b = from[1, i];
                to[0, i] = a + b;
                to[1, i] = w * (a - b);
            }
        }

        static void Three(Planes from, Planes to, int run, Pair w, Pair w2)
        {
            for (int i = 0; i < run; i += Vector256<float>.Count)
            {
                Pair a = from[0, i], b = from[1, i], c = from[2, i], sum = b + c;
                Pair middle = a - sum.Times(half), turned = (b - c).Times(sine).Turned();
                to[0, i] = a + sum;
                to[1, i] = w * (middle - turned);
                to[2, i] = w2 * (middle + turned);
            }
        }

        static void Four(Planes from, Planes to, int run, Pair w, Pair w2, Pair w3)
        {
            for (int i = 0; i < run; i += Vector256<float>.Count)
            {
                Pair a = from[0, i], b = from[1, i], c = from[2, i], d = from[3, i];
                Pair even = a + c, odd = b + d, middle = a - c, turned = (b - d).Turned();
                to[0, i] = even + odd;
                to[1, i] = w * (middle - turned);
                to[2, i] = w2 * (even - odd);
                to[3, i] = w3 * (middle + turned);
            }
        }

        static void Five(Planes from, Planes to, int run, Pair w, Pair w2, Pair w3, Pair w4)
        {
            for (int i = 0; i < run; i += Vector256<float>.Count)
            {
                Pair a = from[0, i], b = from[1, i], c = from[2, i], d = from[3, i], e = from[4, i];
                Pair outer = b + e, inner = c + d, outerTurned = (b - e).Turned(), innerTurned = (c - d).Turned();
                Pair first = a + outer.Times(cosine72) + inner.Times(cosine144), firstTurned = outerTurned.Times(sine72) + innerTurned.Times(sine144);
                Pair second = a + outer.Times(cosine144) + inner.Times(cosine72), secondTurned = outerTurned.Times(sine144) - innerTurned.Times(sine72);
                to[0, i] = a + outer + inner;
                to[1, i] = w * (first - firstTurned);
                to[2, i] = w2 * (second - secondTurned);
                to[3, i] = w3 * (second + secondTurned);
                to[4, i] = w4 * (first + firstTurned);
            }
        }

        Pair Root(int index) => new(Vector256.Create(cosines[index]), Vector256.Create(sines[index]));

        float[] Roots(int length, Func<double, float> of) =>
            [.. Enumerable.Range(0, parts).SelectMany(part => Enumerable.Range(1, Radix - 1).Select(power => of(2 * Math.PI * part * power / length)))];
    }

    // Eight complex numbers.
    readonly struct Pair(Vector256<float> real, Vector256<float> imaginary)
    {
        public Vector256<float> Real => real;

        public Vector256<float> Imaginary => imaginary;

        public static Pair operator +(Pair a, Pair b) => new(a.Real + b.Real, a.Imaginary + b.Imaginary);

        public static Pair operator -(Pair a, Pair b) => new(a.Real - b.Real, a.Imaginary - b.Imaginary);

        public static Pair operator *(Pair a, Pair b) => new(
            Vector256.FusedMultiplyAdd(a.Real, b.Real, -(a.Imaginary * b.Imaginary)), Vector256.FusedMultiplyAdd(a.Real, b.Imaginary, a.Imaginary * b.Real));

        public Pair Times(float factor) => new(real * factor, imaginary * factor);

        /// <summary>Times the imaginary unit.</summary>
        public Pair Turned() => new(-imaginary, real);
    }

    // Runs of complex numbers, of which number k begins at first + k step.
    readonly ref struct Planes(float[] real, float[] imaginary, int first, int step)
    {
        readonly ref float real = ref MemoryMarshal.GetArrayDataReference(real), imaginary = ref MemoryMarshal.GetArrayDataReference(imaginary);

        public Pair this[int number, int at]
        {
            get
            {
                nuint from = (nuint)(first + number * step + at);
                return new Pair(Vector256.LoadUnsafe(ref real, from), Vector256.LoadUnsafe(ref imaginary, from));
            }
            set
            {
                nuint to = (nuint)(first + number * step + at);
                value.Real.StoreUnsafe(ref real, to);
                value.Imaginary.StoreUnsafe(ref imaginary, to);
            }
        }
    }
}
