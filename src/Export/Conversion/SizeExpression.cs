namespace Toolchain.Export.Conversion;

/// <summary>
/// A size as floor((<paramref name="Factor"/> * left [operation right] + <paramref name="Summand"/>) / <paramref name="Divisor"/>) of known
/// sizes.
/// </summary>
/// <param name="Left">Position of the left operand among the known sizes.</param>
/// <param name="Operation">'*', '+' or '-', or ' ' where there is no right operand.</param>
/// <param name="Right">Position of the right operand.</param>
/// <param name="Factor">A whole number, not 0.</param>
/// <param name="Summand">A whole number.</param>
/// <param name="Divisor">At least 1.</param>
sealed record SizeExpression(int Left, char Operation, int Right, long Factor, long Summand, long Divisor)
{
    /// <summary>Divisors that are tried; a number that needs a larger one is not understood, and its call is refused.</summary>
    public const long LargestDivisor = 256;

    // Factors that are tried, and sizes up to twice which quotients are compared.
    const int LargestFactor = 16;
    const long LargestSize = 1000;

    /// <summary>
    /// The simplest sum, product or quotient without a rest that gives <paramref name="wanted"/> in every recording, or null. What the
    /// recordings cannot distinguish is decided by the proof at sizes that were never traced.
    /// </summary>
    public static SizeExpression? Exact(Quantity wanted, IReadOnlyList<Quantity> known)
    {
        (Quantity, SizeExpression)[] candidates = Candidates(known);
        return First(candidates, candidate =>
                Linear(wanted, candidate.Base, candidate.Form) is { Summand: 0, Divisor: 1 } plain ? plain : null)
            ?? First(candidates, candidate => Linear(wanted, candidate.Base, candidate.Form));
    }

    /// <summary>The simplest quotient that is rounded down, or null.</summary>
    /// <param name="wanted">The number.</param>
    /// <param name="known">The sizes that it may be made of.</param>
    /// <param name="code">Whole numbers of the module's code, which are the likeliest divisors.</param>
    public static SizeExpression? Rounded(Quantity wanted, IReadOnlyList<Quantity> known, IReadOnlyList<long> code)
    {
        (Quantity, SizeExpression)[] candidates = Candidates(known);
        return First(candidates, candidate => Floored(wanted, candidate.Base, candidate.Form, 1, code))
            ?? Enumerable.Range(2, LargestFactor - 1)
                .Select(factor => First(candidates[..known.Count], item => Floored(wanted, item.Base, item.Form, factor, code)))
                .FirstOrDefault(found => found is not null);
    }

    // Each size, and each two of them together.
    static (Quantity Base, SizeExpression Form)[] Candidates(IReadOnlyList<Quantity> known) =>
    [
        .. known.Select((size, i) => (size, new SizeExpression(i, ' ', i, 1, 0, 1))),
        .. known.SelectMany((left, i) => known.SelectMany((right, j) => new[]
        {
            (Quantity.Combine(left, right, (a, b) => a * b), new SizeExpression(i, '*', j, 1, 0, 1)),
            (Quantity.Combine(left, right, (a, b) => a + b), new SizeExpression(i, '+', j, 1, 0, 1)),
            (Quantity.Combine(left, right, (a, b) => a - b), new SizeExpression(i, '-', j, 1, 0, 1)),
        })),
    ];

    static SizeExpression? First((Quantity, SizeExpression)[] candidates,
        Func<(Quantity Base, SizeExpression Form), SizeExpression?> solve) =>
        candidates.Select(solve).FirstOrDefault(solution => solution is not null);

    // wanted * divisor = factor * base + summand, exactly; the slope comes from the two recordings that are furthest apart.
    static SizeExpression? Linear(Quantity wanted, Quantity given, SizeExpression form)
    {
        int low = IndexOf(given, given.Values.Min()), high = IndexOf(given, given.Values.Max());
        (long rise, long run) = (wanted.Values[high] - wanted.Values[low], given.Values[high] - given.Values[low]);
        if (run == 0 || rise == 0)
        {
            return null;
        }
        long common = (long)System.Numerics.BigInteger.GreatestCommonDivisor(rise, run);
        (long factor, long divisor) = (rise / common, run / common);
        long summand = wanted.Values[low] * divisor - factor * given.Values[low];
        bool fits = divisor <= LargestDivisor && wanted.Values.Zip(given.Values)
            .All(pair => pair.First * divisor == factor * pair.Second + summand);
        return fits ? form with { Factor = factor, Summand = summand, Divisor = divisor } : null;
    }

    // wanted = floor((factor * base + summand) / divisor), as strides and poolings give it; of several the plain quotient, plus a whole
    // number, by a number of the module's code or else by the smallest.
    static SizeExpression? Floored(Quantity wanted, Quantity given, SizeExpression form, long factor, IReadOnlyList<long> code) =>
        Fits(wanted, given, factor).Where(fit => factor == 1 || fit.Divisor > factor)
            .OrderBy(fit => fit.Summand % fit.Divisor != 0).ThenBy(fit => !code.Contains(fit.Divisor)).ThenBy(fit => fit.Divisor)
            .ThenBy(fit => Math.Abs(fit.Summand))
            .Select(fit => form with { Factor = factor, Summand = fit.Summand, Divisor = fit.Divisor }).FirstOrDefault();

    // All quotients floor((factor * given + summand) / divisor) that give a number in every recording.
    static IEnumerable<(long Summand, long Divisor)> Fits(Quantity wanted, Quantity given, long factor = 1)
    {
        long most = -factor * given.Values.Min();
        for (long divisor = 2; divisor <= LargestDivisor; divisor++)
        {
            // Each recording leaves the summands from wanted * divisor - factor * given to less than a divisor above.
            (long low, long high) = (most, long.MaxValue);
            for (int i = 0; i < wanted.Values.Count && low <= high; i++)
            {
                long least = wanted.Values[i] * divisor - factor * given.Values[i];
                (low, high) = (Math.Max(low, least), Math.Min(high, least + divisor - 1));
            }
            for (long summand = low; summand <= high; summand++)
            {
                yield return (summand, divisor);
            }
        }
    }

    /// <summary>Whether several quotients of a size give a number in every recording, and differ at other sizes.</summary>
    public static bool IsAmbiguous(Quantity wanted, Quantity size)
    {
        if (wanted.IsConstant || size.IsConstant || Linear(wanted, size, new SizeExpression(0, ' ', 0, 1, 0, 1)) is not null)
        {
            return false;
        }
        (long Summand, long Divisor)[] fits = [.. Fits(wanted, size)];
        return fits.Length > 1 && Enumerable.Range(1, 2 * (int)Math.Min(size.Values.Max(), LargestSize))
            .Any(at => fits.Select(fit => Math.Max(at + fit.Summand, 0) / fit.Divisor).Distinct().Count() > 1);
    }

    static int IndexOf(Quantity quantity, long value) => quantity.Values.ToList().IndexOf(value);

    /// <summary>Such as "H*W" or "2*H+1", given the names of the known sizes; without the divisor.</summary>
    public string Describe(IReadOnlyList<string> names)
    {
        string text = Operation == ' ' ? names[Left] : $"{names[Left]}{Operation}{names[Right]}";
        text = Factor == 1 ? text : Operation is '+' or '-' ? $"{Factor}*({text})" : $"{Factor}*{text}";
        return Summand == 0 ? text : Summand > 0 ? $"{text}+{Summand}" : $"{text}{Summand}";
    }
}
