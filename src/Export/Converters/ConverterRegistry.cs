using System.Collections.Concurrent;
using Toolchain.Export.Conversion;
using Toolchain.Export.Recording;

namespace Toolchain.Export.Converters;

/// <summary>Every native entry that can be exported.</summary>
static class ConverterRegistry
{
    static readonly ConcurrentDictionary<string, Converter> converters = new(BuiltIn.Select(item => KeyValuePair.Create(item.Entry, item)));

    /// <summary>The mappings of this library.</summary>
    public static IEnumerable<Converter> BuiltIn => new[]
    {
        ActivationConverters.All, ArithmeticConverters.All, AttentionConverters.All, ClassLossConverters.All, CombinationConverters.All,
        ComparisonConverters.All, ConvolutionConverters.All, ElementIndexingConverters.All, EmbeddingConverters.All, FillConverters.All,
        IndexExpressionConverter.All, IndexingConverters.All, LinearConverters.All, LossConverters.All, MathConverters.All,
        MultiheadConverters.All, NormalizationConverters.All, NormConverters.All, OrderingConverters.All, PackedConverters.All,
        PaddingConverters.All, PlacementConverters.All, PoolingConverters.All, QuantileConverters.All, RecurrentConverters.All,
        ReductionConverters.All, ResizeConverters.All, SelectionConverters.All, ShapeConverters.All, SpecialConverters.All,
        SpreadConverters.All, SystemConverters.All, TransformerConverters.All, TypeConverters.All, WriteConverters.All,
    }.SelectMany(family => family);

    /// <summary>The mappings of calls that take or make complex numbers.</summary>
    public static IEnumerable<Converter> Complex => ComplexConverters.All.Concat(FourierConverters.All).Concat(SpectrogramConverters.All);

    static readonly Dictionary<string, Converter> complex = Complex.ToDictionary(item => item.Entry);

    /// <summary>The mapping of an entry, or of the functional twin of an in-place one, for complex numbers.</summary>
    public static Converter? FindComplex(string entry) =>
        complex.GetValueOrDefault(entry) ?? complex.GetValueOrDefault(Converter.Functional(entry));

    /// <summary>The mapping of an entry, of the functional twin of an in-place one, or of a write through a view.</summary>
    public static Converter? Find(string entry)
    {
        if (entry.EndsWith(RecordedCall.WriteSuffix, StringComparison.Ordinal))
        {
            return Find(entry[..^RecordedCall.WriteSuffix.Length]) is Converter view ? WriteConverters.Through(view) : null;
        }
        return converters.GetValueOrDefault(entry) ?? converters.GetValueOrDefault(Converter.Functional(entry));
    }

    /// <summary>The mapping of an entry, for complex numbers or for others.</summary>
    public static Converter? Find(string entry, bool isComplex) => isComplex ? FindComplex(entry) : Find(entry);

    /// <summary>Adds a mapping, or replaces the one of the same entry.</summary>
    public static void Register(Converter converter) => converters[converter.Entry] = converter;
}
