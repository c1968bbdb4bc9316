using System.Numerics;

namespace Toolchain.Data;

/// <content>Pixels as a model takes them.</content>
public sealed partial class ImageSet
{
    /// <summary>Pixels of the images [start..start+count) as float32 in [0,1], [N,C,H,W].</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the set.</exception>
    public float[] ToFloats(int start, int count)
    {
        var values = new float[count * Shape.Size];
        ToFloats(Pixels.AsSpan(start * Shape.Size, values.Length), values);
        return values;
    }

    /// <summary>Pixels as float32 in [0,1], by 255; the rest of the target becomes 0.</summary>
    /// <param name="source">Bytes.</param>
    /// <param name="target">At least as many elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public static void ToFloats(ReadOnlySpan<byte> source, Span<float> target)
    {
        int i = 0, width = Vector<float>.Count;
        for (; i <= source.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(source[i..]), out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> first, out Vector<uint> second);
            Vector.Widen(high, out Vector<uint> third, out Vector<uint> fourth);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(first)) / 255f).CopyTo(target[i..]);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(second)) / 255f).CopyTo(target[(i + width)..]);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(third)) / 255f).CopyTo(target[(i + 2 * width)..]);
            (Vector.ConvertToSingle(Vector.AsVectorInt32(fourth)) / 255f).CopyTo(target[(i + 3 * width)..]);
        }
        for (; i < source.Length; i++)
        {
            target[i] = source[i] / 255f;
        }
        target[source.Length..].Clear();
    }
}
