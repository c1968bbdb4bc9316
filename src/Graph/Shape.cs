using System.Collections;

namespace Toolchain.Graph;

/// <summary>One axis of a shape: a number, a name (symbolic, the same wherever it appears), or unknown.</summary>
public readonly record struct Dim
{
    /// <summary>The size, or null when the axis is symbolic or unknown.</summary>
    public long? Size { get; private init; }

    /// <summary>The name of a symbolic axis, or null.</summary>
    public string? Name { get; private init; }

    /// <summary>An axis of which nothing is known.</summary>
    public static Dim Unknown => default;

    /// <summary>An axis of a fixed size, at least 0.</summary>
    public static implicit operator Dim(long size) =>
        size >= 0 ? new Dim { Size = size }
        : throw new ArgumentOutOfRangeException(nameof(size), $"'{nameof(size)}' of an axis must be at least 0, was {size}.");

    /// <summary>A symbolic axis, such as "N".</summary>
    public static implicit operator Dim(string name) => new() { Name = name };

    /// <summary>The number, the name, or "?".</summary>
    public override string ToString() => Size?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Name ?? "?";
}

/// <summary>The axes of a tensor, outermost first; no axes mean a scalar.</summary>
public sealed class Shape : IReadOnlyList<Dim>, IEquatable<Shape>
{
    readonly Dim[] dims;

    /// <summary>A shape from its axes.</summary>
    public Shape(params ReadOnlySpan<Dim> dims) => this.dims = dims.ToArray();

    /// <summary>A shape from its axes.</summary>
    public Shape(IEnumerable<Dim> dims) => this.dims = [.. dims];

    /// <summary>A shape of fixed sizes.</summary>
    public static Shape Of(IEnumerable<long> sizes) => new(sizes.Select(size => (Dim)size));

    /// <summary>The axis at <paramref name="index"/>, 0-based.</summary>
    public Dim this[int index] => dims[index];

    /// <summary>Number of axes.</summary>
    public int Count => dims.Length;

    /// <summary>Whether every axis is a number.</summary>
    public bool IsFixed => dims.All(dim => dim.Size is not null);

    /// <summary>The sizes.</summary>
    /// <exception cref="GraphException">An axis is no number.</exception>
    public long[] Sizes => [.. dims.Select(dim => dim.Size ?? throw new GraphException($"Shape {this} has no fixed size."))];

    /// <summary>Whether a tensor may have both shapes: same rank, and no axis with two different numbers.</summary>
    public bool IsCompatibleWith(Shape other) =>
        Count == other.Count && dims.Zip(other.dims)
        .All(pair => pair.First.Size is null || pair.Second.Size is null || pair.First.Size == pair.Second.Size);

    /// <summary>The axis number in [0..Count) of a possibly negative one.</summary>
    /// <exception cref="GraphException">The axis is out of range.</exception>
    public int Axis(long axis) => axis >= -Count && axis < Count
        ? (int)(axis < 0 ? axis + Count : axis)
        : throw new GraphException($"axis {axis} is outside [-{Count}..{Count}) of shape {this}.");

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && dims.AsSpan().SequenceEqual(other.dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => dims.Aggregate(Count, HashCode.Combine);

    /// <inheritdoc/>
    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Such as "[N,1,28,28]".</summary>
    public override string ToString() => $"[{string.Join(",", dims)}]";
}
