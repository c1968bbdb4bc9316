namespace Toolchain.Graph.Operators;

/// <summary>Einsum such as "bij,bjk->bik": the sum over all letters that the result does not have. Letters only, no ellipsis.</summary>
static class EinsumOperator
{
    public static IEnumerable<Operator> All => [new("Einsum", 13, Infer, scope => [Sum(scope)])];

    static TensorType[] Infer(TypeScope scope)
    {
        (string[] terms, string result) = Parse(scope.Attributes, scope.InputCount);
        var sizes = new Dictionary<char, Dim>();
        for (int i = 0; i < terms.Length; i++)
        {
            if (terms[i].Length != scope[i].Shape.Count)
            {
                throw new GraphException($"'{terms[i]}' names {terms[i].Length} axes, input {i} is {scope[i].Shape}.");
            }
            foreach ((char letter, Dim dim) in terms[i].Zip(scope[i].Shape))
            {
                bool known = sizes.TryGetValue(letter, out Dim other);
                if (known && other.Size is not null && dim.Size is not null && other != dim && other.Size != 1 && dim.Size != 1)
                {
                    throw new GraphException($"axis '{letter}' is {other} and {dim}.");
                }
                sizes[letter] = !known || other.Size == 1 || other == Dim.Unknown ? dim : other;
            }
        }
        return [new(scope[0].Element, new Shape(result.Select(letter => sizes[letter])))];
    }

    static NdArray Sum(ValueScope scope)
    {
        (string[] terms, string result) = Parse(scope.Attributes, scope.InputCount);
        char[] letters = [.. result, .. string.Concat(terms).Distinct().Except(result)];
        int[] sizes =
            [.. letters.Select(letter => terms.SelectMany((term, i) =>
            term.Select((other, axis) => other == letter ? scope[i].Dims[axis] : 1)).Max())];
        int[][] strides = [.. terms.Select((term, i) => Strides(term, scope[i].Dims, letters))];
        var sum = new NdArray(sizes[..result.Length], scope[0].Type);
        int inner = NdArray.Product(sizes.AsSpan(result.Length)), at = 0;
        IEnumerator<int>[] walks = [.. strides.Select(stride => NdArray.Positions(sizes, stride).GetEnumerator())];
        while (walks.All(walk => walk.MoveNext()))
        {
            sum.Data[at++ / inner] += walks.Select((walk, i) => scope[i].Data[walk.Current]).Aggregate((a, b) => a * b);
        }
        return sum;
    }

    // A letter that occurs twice in a term walks the diagonal.
    static int[] Strides(string term, int[] dims, char[] letters)
    {
        int[] own = NdArray.Strides(dims);
        return [.. letters.Select(letter => term.Select((other, axis) => other == letter && dims[axis] != 1 ? own[axis] : 0).Sum())];
    }

    /// <summary>The letters of each operand and of the result.</summary>
    /// <exception cref="GraphException">The equation does not fit the operands.</exception>
    public static (string[] Terms, string Result) Parse(Attributes attributes, int inputs)
    {
        string equation = attributes.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        string[] sides = equation.Split("->"), terms = sides[0].Split(',');
        string result = sides.Length > 1 ? sides[1]
            : string.Concat(sides[0].Where(char.IsLetter).GroupBy(letter => letter).Where(group => group.Count() == 1)
            .Select(group => group.Key).Order());
        return sides.Length <= 2 && terms.Length == inputs && (string.Concat(terms) + result).All(char.IsLetter)
            ? (terms, result)
            : throw new GraphException($"'equation' must have a term of letters for each of the {inputs} inputs, found '{equation}'.");
    }
}
