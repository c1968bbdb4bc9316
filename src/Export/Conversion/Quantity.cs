namespace Toolchain.Export.Conversion;

/// <summary>
/// A whole number that the module passed or met, as it was in each recording. Equal in all of them it is a constant; otherwise it follows
/// named axes.
/// </summary>
sealed class Quantity(params long[] values) : IEquatable<Quantity>
{
    public IReadOnlyList<long> Values { get; } = values;

    public bool IsConstant => Values.All(value => value == Values[0]);

    /// <summary>The number, or null when it follows an axis.</summary>
    public long? Constant => IsConstant ? Values[0] : null;

    /// <summary>What <paramref name="function"/> makes of two numbers, recording by recording.</summary>
    public static Quantity Combine(Quantity a, Quantity b, Func<long, long, long> function) => new([.. a.Values.Zip(b.Values, function)]);

    public Quantity Select(Func<long, long> function) => new([.. Values.Select(function)]);

    public bool Equals(Quantity? other) => other is not null && Values.SequenceEqual(other.Values);

    public override bool Equals(object? obj) => Equals(obj as Quantity);

    public override int GetHashCode() => Values.Aggregate(0, HashCode.Combine);

    public override string ToString() => IsConstant ? $"{Values[0]}" : $"{string.Join("/", Values)}";
}
