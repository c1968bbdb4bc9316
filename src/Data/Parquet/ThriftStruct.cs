namespace Toolchain.Data.Parquet;

/// <summary>A struct as <see cref="ThriftReader"/> read it: the fields that are there.</summary>
sealed class ThriftStruct
{
    List<(int Number, object Value)>? fields;

    /// <summary>An integer; null where it is absent.</summary>
    public long? Integer(int number) => Find(number) as long?;

    /// <summary>A byte string; null where it is absent.</summary>
    public byte[]? Bytes(int number) => Find(number) as byte[];

    /// <summary>A struct; null where it is absent.</summary>
    public ThriftStruct? Struct(int number) => Find(number) as ThriftStruct;

    /// <summary>The structs of a list; none where it is absent.</summary>
    public IEnumerable<ThriftStruct> Structs(int number) => List(number).Cast<ThriftStruct>();

    /// <summary>The elements of a list; none where it is absent.</summary>
    public IReadOnlyList<object> List(int number) => Find(number) as List<object> ?? [];

    internal bool Has(int number) => Find(number) is not null;

    internal void Add(int number, object value) => (fields ??= []).Add((number, value));

    object? Find(int number)
    {
        foreach ((int known, object value) in fields ?? [])
        {
            if (known == number)
            {
                return value;
            }
        }
        return null;
    }
}
