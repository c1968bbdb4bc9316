namespace Toolchain.Train.Models.Capsules.Kernels;

/// <summary>
/// Ink and opacity of all parts, side by side for each pixel and with a border of zeros, so that bilinear reading needs no edge cases; and
/// their gradients in the same order.
/// </summary>
sealed class TemplateTable(int side, int partCount)
{
    /// <summary>Side of a template without its border (T).</summary>
    public int Side => side;

    /// <summary>Side with the border (T + 2).</summary>
    public int Width => side + 2;

    /// <summary>Numbers of one part.</summary>
    public int PartLength => 2 * Width * Width;

    /// <summary>Ink at even, opacity at odd places, [P,T+2,T+2,2].</summary>
    public float[] Values { get; } = new float[partCount * 2 * (side + 2) * (side + 2)];

    /// <summary>Gradients for <see cref="Values"/>; those of the border mean nothing.</summary>
    public float[] Gradients { get; } = new float[partCount * 2 * (side + 2) * (side + 2)];

    /// <summary>Takes templates [P,T,T] and clears the gradients.</summary>
    public void Load(float[] ink, float[] opacity)
    {
        Array.Clear(Gradients);
        for (int i = 0; i < ink.Length; i++)
        {
            int at = Place(i);
            (Values[at], Values[at + 1]) = (ink[i], opacity[i]);
        }
    }

    /// <summary>Adds the gradients to those of others, [P,T,T] both.</summary>
    public void AddGradients(float[] ink, float[] opacity)
    {
        for (int i = 0; i < ink.Length; i++)
        {
            int at = Place(i);
            ink[i] += Gradients[at];
            opacity[i] += Gradients[at + 1];
        }
    }

    // Of pixel i of [P,T,T].
    int Place(int i)
    {
        (int row, int x) = Math.DivRem(i, side);
        (int part, int y) = Math.DivRem(row, side);
        return part * PartLength + 2 * ((y + 1) * Width + x + 1);
    }
}
