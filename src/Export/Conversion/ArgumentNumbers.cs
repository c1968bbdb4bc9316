using System.Globalization;
using Toolchain.Export.Recording;
using Toolchain.Graph;

namespace Toolchain.Export.Conversion;

/// <summary>
/// Numbers that C# passed to native calls and that change between recordings: scalars, arrays, and elements of small constants.
/// </summary>
/// <param name="calls">The calls, each as it was in every recording.</param>
/// <param name="changes">For each call and argument what changed, or null.</param>
/// <param name="contents">The content of a constant in each recording.</param>
sealed class ArgumentNumbers(IReadOnlyList<RecordedCall[]> calls, IReadOnlyList<IReadOnlyList<string?>> changes,
    Func<int, IReadOnlyList<TensorData?>> contents)
{
    /// <summary>Elements of a constant that are taken for numbers that C# computed.</summary>
    public const int MostElements = 64;

    /// <summary>Whether a number is no size of a tensor before its call, and whether it is no sum or product of these either.</summary>
    /// <param name="sizes">The sizes of all tensors, in the order in which they were made.</param>
    public (bool IsOwn, bool IsStepped) Compare(IReadOnlyList<Quantity[]> sizes)
    {
        (bool isOwn, bool isStepped) = (false, false);
        foreach ((int call, double[] values) in All().DistinctBy(pair => string.Join(";", pair.Values)))
        {
            Quantity[] known = [.. sizes.Take(calls[call][0].Results.DefaultIfEmpty(0).Min()).SelectMany(axes => axes)
                .Where(size => !size.IsConstant).Distinct()];
            Quantity? whole = values.All(value => value % 1 == 0) ? new([.. values.Select(value => (long)value)]) : null;
            bool isKnown = whole is not null && known.Contains(whole);
            isOwn |= !isKnown;
            isStepped |= whole is not null && !isKnown && SizeExpression.Exact(whole, known) is null;
        }
        return (isOwn, isStepped);
    }

    IEnumerable<(int Call, double[] Values)> All() =>
        from call in Enumerable.Range(0, calls.Count)
        from argument in Enumerable.Range(0, changes[call].Count)
        where changes[call][argument] is not null
        let variants = calls[call].Select((variant, i) => Numbers(variant.Arguments[argument], i)).ToArray()
        where variants.All(numbers => numbers.Length == variants[0].Length)
        from element in Enumerable.Range(0, variants[0].Length)
        let values = variants.Select(numbers => numbers[element]).ToArray()
        where values.Any(value => value != values[0])
        select (call, values);

    double[] Numbers(Argument argument, int recording) => argument switch
    {
        ScalarArgument scalar => [scalar.Value],
        PlainArgument { Value: long or int or double or float } plain => [Convert.ToDouble(plain.Value, CultureInfo.InvariantCulture)],
        ArrayArgument array when array.Tensors.All(tensor => tensor is null) => [.. array.Elements.Select(element => (double)element)],
        TensorArgument tensor when contents(tensor.Value)[recording] is { Count: <= MostElements } content => content.ToDoubles(),
        _ => [],
    };
}
