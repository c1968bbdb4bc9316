using System.Collections;

namespace Toolchain.Graph;

/// <summary>
/// Attributes of a node: long, float, string, long[], float[], string[], <see cref="TensorData"/> or <see cref="OnnxModel"/> (a subgraph)
/// by name, in ordinal order of the names. Written as a collection: <c>new Attributes { ["axis"] = 1L }</c>.
/// </summary>
public sealed class Attributes : IEnumerable<KeyValuePair<string, object>>
{
    readonly SortedDictionary<string, object> values = new(StringComparer.Ordinal);

    /// <summary>A value by name; an int is kept as a long, a double as a float.</summary>
    /// <exception cref="GraphException">The attribute to get is absent, or the value to set is of no attribute type.</exception>
    public object this[string name]
    {
        get => values.TryGetValue(name, out object? value) ? value : throw new GraphException($"attribute '{name}' is missing.");
        set => values[name] = value switch
        {
            int number => (long)number,
            double number => (float)number,
            long or float or string or long[] or float[] or string[] or TensorData or OnnxModel => value,
            _ => throw new GraphException($"attribute '{name}' cannot hold a {value.GetType().Name}."),
        };
    }

    /// <summary>Whether the attribute is set.</summary>
    public bool Has(string name) => values.ContainsKey(name);

    /// <summary>An integer, or <paramref name="absent"/> when it is not set.</summary>
    /// <exception cref="GraphException">The attribute is of another type.</exception>
    public long Int(string name, long absent) => Get<long>(name) ?? absent;

    /// <summary>A floating-point number, or <paramref name="absent"/> when it is not set.</summary>
    /// <exception cref="GraphException">The attribute is of another type.</exception>
    public float Float(string name, float absent) => Get<float>(name) ?? absent;

    /// <summary>A text, or <paramref name="absent"/> when it is not set.</summary>
    /// <exception cref="GraphException">The attribute is of another type.</exception>
    public string Text(string name, string absent) => Has(name) ? As<string>(name) : absent;

    /// <summary>A list of integers, or null when it is not set.</summary>
    /// <exception cref="GraphException">The attribute is of another type.</exception>
    public long[]? Ints(string name) => Has(name) ? As<long[]>(name) : null;

    /// <summary>A list of texts, or null when it is not set.</summary>
    /// <exception cref="GraphException">The attribute is of another type.</exception>
    public string[]? Texts(string name) => Has(name) ? As<string[]>(name) : null;

    T? Get<T>(string name) where T : struct => Has(name) ? As<T>(name) : null;

    T As<T>(string name) => values[name] is T value ? value
        : throw new GraphException($"attribute '{name}' must be a {typeof(T).Name}, found {values[name].GetType().Name}.");

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
