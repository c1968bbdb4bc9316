using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Clustering.Tsne;

/// <summary>Eight complex numbers, real and imaginary parts in a vector each: (a + bi)(c + di) = ac - bd + (ad + bc)i.</summary>
readonly struct ComplexVector(Vector256<float> real, Vector256<float> imaginary)
{
    public Vector256<float> Real => real;

    public Vector256<float> Imaginary => imaginary;

    public static ComplexVector operator +(ComplexVector a, ComplexVector b) => new(a.Real + b.Real, a.Imaginary + b.Imaginary);

    public static ComplexVector operator -(ComplexVector a, ComplexVector b) => new(a.Real - b.Real, a.Imaginary - b.Imaginary);

    public static ComplexVector operator *(ComplexVector a, ComplexVector b) => new(
        Vector256.FusedMultiplyAdd(a.Real, b.Real, -(a.Imaginary * b.Imaginary)),
        Vector256.FusedMultiplyAdd(a.Real, b.Imaginary, a.Imaginary * b.Real));

    public ComplexVector Times(float factor) => new(real * factor, imaginary * factor);

    /// <summary>Times the imaginary unit.</summary>
    public ComplexVector TimesI() => new(-imaginary, real);
}

/// <summary>Runs of complex numbers, of which number k begins at first + k step.</summary>
readonly ref struct ComplexPlanes(float[] real, float[] imaginary, int first, int step)
{
    readonly ref float real = ref MemoryMarshal.GetArrayDataReference(real), imaginary = ref MemoryMarshal.GetArrayDataReference(imaginary);

    public ComplexVector this[int number, int at]
    {
        get
        {
            nuint from = (nuint)(first + number * step + at);
            return new ComplexVector(Vector256.LoadUnsafe(ref real, from), Vector256.LoadUnsafe(ref imaginary, from));
        }
        set
        {
            nuint to = (nuint)(first + number * step + at);
            value.Real.StoreUnsafe(ref real, to);
            value.Imaginary.StoreUnsafe(ref imaginary, to);
        }
    }
}
