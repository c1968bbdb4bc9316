using Toolchain.Graph;

namespace Toolchain.Export;

/// <summary>
/// An axis of an exported model's input: a fixed size, or a name that stands for any size of a range, the same in every input that has it.
/// </summary>
public readonly record struct Axis
{
    /// <summary>The fixed size, or null.</summary>
    public long? Size { get; private init; }

    /// <summary>The name of a free axis, or null.</summary>
    public string? Name { get; private init; }

    /// <summary>Whether the axis is a batch: rows that do not see each other, of any number.</summary>
    public bool IsBatch { get; private init; }

    /// <summary>Lowest size, or null where no range was declared.</summary>
    public int? Lowest { get; private init; }

    /// <summary>Highest size, or null where no range was declared.</summary>
    public int? Highest { get; private init; }

    /// <summary>
    /// A free axis without a declared range. It is proven from 1 to twice the example's size, and at least to 64, as far as the module
    /// takes these sizes; the model takes any size.
    /// </summary>
    public static Axis Named(string name) => new() { Name = name ?? throw new ArgumentNullException(nameof(name)) };

    /// <summary>
    /// A free axis of a declared range. It is proven at both ends, and the model refuses any other size when it runs.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="lowest">Lowest size, at least 1.</param>
    /// <param name="highest">Highest size, above the lowest.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not from at least 1 to more.</exception>
    public static Axis Named(string name, int lowest, int highest) => lowest >= 1 && highest > lowest
        ? Named(name) with { Lowest = lowest, Highest = highest }
        : throw new ArgumentOutOfRangeException(nameof(highest),
            $"the range of axis '{name}' must be from at least 1 to more, was {lowest} to {highest}.");

    /// <summary>A batch of any number of rows: traced and proven at small numbers that do not depend on the example.</summary>
    public static Axis Batch(string name = "N") => Named(name) with { IsBatch = true };

    /// <summary>A fixed axis.</summary>
    public static implicit operator Axis(long size) => (Dim)size;

    /// <summary>A fixed axis, or a free one without a range.</summary>
    public static implicit operator Axis(Dim axis) => new() { Size = axis.Size, Name = axis.Name };

    /// <summary>The axis without its range.</summary>
    public static implicit operator Dim(Axis axis) => axis.Name is string name ? name : axis.Size is long size ? size : Dim.Unknown;

    /// <summary>The number, the name, or "?".</summary>
    public override string ToString() => ((Dim)this).ToString();
}

/// <summary>An input of the exported model.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Axes">
/// One axis for each of the example: <see cref="Axis.Batch"/> for rows, <see cref="Axis.Named(string)"/> for other free axes, numbers for
/// the rest.
/// </param>
public sealed record ExportInput(string Name, params Axis[] Axes);
