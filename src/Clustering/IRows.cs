namespace Toolchain.Clustering;

/// <summary>
/// A matrix that the engine reads row by row, in units of its own: numbers are what it reads divided by <see cref="Divisor"/>.
/// </summary>
interface IRows
{
    /// <summary>Number of rows (N).</summary>
    int Count { get; }

    /// <summary>Numbers per row (D).</summary>
    int Width { get; }

    /// <summary>What readings are divided by.</summary>
    float Divisor { get; }

    /// <summary>Throws when there is no row, or a number is not finite.</summary>
    void Check();

    /// <summary>Reads a part of a row that begins at <paramref name="column"/>.</summary>
    void Read(int row, int column, Span<float> to);

    /// <summary>Neighbouring rows where they lie, [count,D]; empty where they lie as other numbers.</summary>
    ReadOnlySpan<float> Block(int first, int count);

    /// <summary>Whether the rows are bytes and the machine multiplies those quickly.</summary>
    bool HasBytes { get; }

    /// <summary>The bytes of a row from column <paramref name="first"/> on; those before and after are 0.</summary>
    ReadOnlySpan<byte> Bytes(int row, out int first);

    /// <summary>Says that a row will be read soon.</summary>
    void Prefetch(int row);
}
